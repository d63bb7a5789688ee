import { act, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { beforeEach, expect, it, vi } from "vitest";

import { documentStore } from "../../../documents/document";
import { select, selection } from "../../../documents/selection";
import { Twin } from "../../../ipc/testing/twin";
import { startPresence } from "../../../presence/live";
import { currentPresence } from "../../../presence/own";
import { start, whileOpen } from "../../../project/project";
import { closeProjectHere } from "../../../testing/reset";
import { startShortcuts } from "../../../workspace/commands";
import { SceneEditor } from "./SceneEditor";

// There is no graphics card here; what is drawn is looked at in the real window.
vi.mock("../../../viewport/stage/stage", () => ({
  Stage: class {
    frames = 0;
    scene = { add: () => undefined };
    show() {}
    look() {}
    outline() {}
    invalidate() {}
    resize() {}
    dispose() {}
    animate() {
      return () => undefined;
    }
  },
}));

const user = userEvent.setup();
const entity = (id: string) => documentStore("scene").getState().view?.records.get("entities", id);

async function openScene(): Promise<Twin> {
  const twin = new Twin({ past: 0 }).install();
  await start();
  render(<SceneEditor document="scene" />);
  const picture = await screen.findByRole("application", { name: /^Scene Board/ });
  act(() => picture.focus());
  return twin;
}

beforeEach(closeProjectHere);
beforeEach(() => whileOpen(startPresence));
beforeEach(() => startShortcuts());

it("moves what is selected by keys alone, as one gesture, and gives up with Escape", async () => {
  const twin = await openScene();
  act(() => select("scene", [{ collection: "entities", id: "camera" }]));
  await user.keyboard("x2.5");
  await screen.findByText("Move X = 2.5 m");
  await user.keyboard("{Escape}");
  expect(screen.queryByText(/^Move/)).toBeNull();
  expect(entity("camera")?.translation).toEqual([0, 2.4, 6]);
  const before = twin.history.events.length;
  await user.keyboard("gx2.5{Enter}");
  await waitFor(() => expect(entity("camera")?.translation).toEqual([2.5, 2.4, 6]));
  await waitFor(() => expect(twin.history.events.length).toBe(before + 1));
  expect(twin.history.events.at(-1)?.eventType).toBe("entity.transform");
});

it("turns with the tool for turning, by steps of arrow keys", async () => {
  await openScene();
  act(() => select("scene", [{ collection: "entities", id: "camera" }]));
  await user.keyboard("ey{ArrowRight}{ArrowRight}{Enter}");
  await waitFor(() => expect(entity("camera")?.rotation).toBeDefined());
  const [x = 1, y = 0] = entity("camera")?.rotation as number[];
  expect([x, y]).toEqual([0, expect.closeTo(Math.sin(Math.PI / 12))]);
  expect(screen.getByRole("radio", { name: "Rotate" }).getAttribute("aria-checked")).toBe("true");
});

it("leaves locked things where they are", async () => {
  const twin = await openScene();
  act(() => select("scene", [{ collection: "entities", id: "body2" }]));
  const before = twin.history.events.length;
  await user.keyboard("gx1{Enter}");
  expect(screen.queryByText(/^Move/)).toBeNull();
  expect(twin.history.events.length).toBe(before);
});

it("adds by its menu, groups, and selects what came of it", async () => {
  const twin = await openScene();
  await user.keyboard("{Shift>}a{/Shift}");
  await user.click(await screen.findByRole("menuitem", { name: "Point light" }));
  await waitFor(() => expect(twin.history.events.at(-1)?.eventType).toBe("entity.add"));
  const [light] = selection.getState().refs;
  expect(entity(light?.id ?? "")?.name).toBe("Point light");
  act(() => screen.getByRole("application").focus());
  await user.keyboard("{Control>}g{/Control}");
  await waitFor(() => expect(twin.history.events.at(-1)?.eventType).toBe("entity.group"));
  await waitFor(() => expect(entity(selection.getState().refs[0]?.id ?? "")?.name).toBe("Group"));
});

it("has nothing that axe finds", async () => {
  await openScene();
  const { violations } = await axe.run(document.body, { rules: { region: { enabled: false } } });
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
});

it("lets the Inspector say how the scene is shown, also where the scene said nothing of it yet", async () => {
  await openScene();
  await user.click(screen.getByRole("button", { name: "How the scene is shown" }));
  await waitFor(() => expect(selection.getState().refs).toEqual([{ collection: "properties", id: "scene" }]));
  expect(documentStore("scene").getState().view?.records.get("properties", "scene")).toBeDefined();
});

it("shows where others look from and what they drag, and them what this person does", async () => {
  const twin = await openScene();
  const eye = {
    target: [0, 0, 0],
    yaw: 1,
    pitch: 0.2,
    distance: 6,
    projection: "perspective",
    through: null,
  };
  const matrix = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 1, 2, 3, 1];
  act(() => {
    select("scene", [{ collection: "entities", id: "camera" }]);
    twin.presence.join(
      "r1",
      { id: "ann", name: "Ann Smith", color: "#56c8ff" },
      { document: "scene", shown: { eye, ghosts: [{ id: "camera", matrix }] } },
    );
  });
  await screen.findByText("Ann Smith: Camera");
  await user.keyboard("gx2");
  await waitFor(() => {
    const { ghosts } = currentPresence().shown as { ghosts: { id: string; matrix: number[] }[] };
    expect(ghosts).toMatchObject([{ id: "camera", matrix: { 12: 2 } }]);
  });
  await user.keyboard("{Enter}");
  await waitFor(() => expect(currentPresence().shown.ghosts).toEqual([]));
  expect(currentPresence().shown).toMatchObject({ eye: { projection: "perspective" } });
});
