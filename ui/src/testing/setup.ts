import { cleanup, configure } from "@testing-library/react";
import { afterEach } from "vitest";

afterEach(() => cleanup());

// A deadline for what is awaited: machines that build at the same time are slow.
configure({ asyncUtilTimeout: 20_000 });

// Without layout everything is empty; virtual lists need some room to show rows in.
Object.defineProperty(HTMLElement.prototype, "clientHeight", { configurable: true, get: () => 2600 });
Object.defineProperty(HTMLElement.prototype, "clientWidth", { configurable: true, get: () => 800 });

// Nothing is laid out, and so nothing hidden.
HTMLElement.prototype.checkVisibility ??= () => true;
