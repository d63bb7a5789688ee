import { waitFor } from "@testing-library/react";
import { beforeEach, expect, it } from "vitest";

import { documentStore, holdDocument } from "../../../documents/document";
import { Twin } from "../../../ipc/testing/twin";
import { start } from "../../../project/project";
import { closeProjectHere } from "../../../testing/reset";
import { START } from "../../../viewport/camera/view";
import { Viewer } from "./viewer";

beforeEach(closeProjectHere);

it("frames what came while its tab stood behind others, once it is seen, and never after", async () => {
  new Twin({ past: 0 }).install();
  await start();
  const release = holdDocument("scene");
  await waitFor(() => expect(documentStore("scene").getState().view).toBeDefined());
  const viewer = new Viewer("scene");
  const view = () => viewer.store.getState().view;
  viewer.content.show(documentStore("scene").getState().view!.records);
  await viewer.content.loaded();
  expect(view()).toEqual(START);
  viewer.resize(800, 600);
  const framed = view();
  expect(framed.distance).not.toBe(START.distance);
  // As a drag does.
  const matrix = viewer.content.world.local("camera")!.clone().setPosition(1000, 0, 0);
  viewer.content.preview(new Map([["camera", matrix]]));
  await Promise.resolve();
  viewer.resize(900, 600);
  expect(view()).toBe(framed);
  release();
});
