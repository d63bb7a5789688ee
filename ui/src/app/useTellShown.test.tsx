import { renderHook, waitFor } from "@testing-library/react";
import { expect, it, vi } from "vitest";

import { useTellShown } from "./useTellShown";

const tell = vi.hoisted(() => vi.fn());
vi.mock("../ipc/window", () => ({ tellShown: tell }));

async function frames(count: number): Promise<void> {
  for (let at = 0; at < count; at += 1) await new Promise((done) => requestAnimationFrame(done));
}

it("tells the shell once the page is ready and nothing in it is being filled, and never again", async () => {
  const panel = document.createElement("section");
  panel.setAttribute("aria-busy", "true");
  document.body.append(panel);
  const { rerender } = renderHook(({ ready }) => useTellShown(ready), { initialProps: { ready: false } });
  panel.setAttribute("aria-busy", "false");
  await frames(12);
  expect(tell).not.toHaveBeenCalled();
  panel.setAttribute("aria-busy", "true");
  rerender({ ready: true });
  await frames(12);
  expect(tell).not.toHaveBeenCalled();
  panel.setAttribute("aria-busy", "false");
  await waitFor(() => expect(tell).toHaveBeenCalledOnce());
  await frames(12);
  expect(tell).toHaveBeenCalledOnce();
});
