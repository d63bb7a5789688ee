import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";

import { documentStore, edit, holdDocument } from "../../../documents/document";
import { Twin } from "../../../ipc/testing/twin";
import { start } from "../../../project/project";
import { closeProjectHere } from "../../../testing/reset";
import { NodeInspector } from "./NodeInspector";

const user = userEvent.setup();

async function inspect(id: string): Promise<void> {
  new Twin({ past: 0 }).install();
  await start();
  holdDocument("scene");
  render(<NodeInspector document="loop" id={id} />);
}

const pointer = () =>
  documentStore("loop").getState().view?.collections.nodes?.set?.["configuration.pointer"];
const whose = () => screen.getByRole("combobox", { name: "Pointer: whose" });

beforeEach(closeProjectHere);

describe("a pointer in the Inspector", () => {
  it("shows whose property it is by name, and takes another", async () => {
    await inspect("set");
    await waitFor(() => expect(whose().textContent).toBe("Hammer"));
    expect(screen.getByRole<HTMLInputElement>("textbox", { name: "Pointer" }).value).toBe("translation");
    await user.click(whose());
    await user.type(await screen.findByRole("combobox", { name: "Find: Pointer: whose" }), "boar");
    await user.click(await screen.findByRole("option", { name: /Board/ }));
    await waitFor(() => expect(pointer()).toEqual(["/nodes/board/translation"]));
    expect(whose().textContent).toBe("Board");
  });

  it("keeps what was deleted, says so, and offers to choose another", async () => {
    await inspect("set");
    await waitFor(() => expect(whose().textContent).toBe("Hammer"));
    await edit("scene", "entity.delete", [{ collection: "entities", id: "hammer", remove: true }]);
    await waitFor(() => expect(whose().textContent).toBe("Deleted"));
    expect(pointer()).toEqual(["/nodes/hammer/translation"]);
    await user.click(whose());
    await user.click(await screen.findByRole("option", { name: /^Sun\b/ }));
    await waitFor(() => expect(pointer()).toEqual(["/nodes/sun/translation"]));
  });
});
