import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";

import { NameField } from "./NameField";

const user = userEvent.setup();

it("ends a text of one line with Enter", async () => {
  const done = vi.fn();
  render(<NameField isText label="Text" value="" onDone={done} />);
  await user.type(screen.getByRole("textbox"), "Setup{Enter}");
  expect(done.mock.calls).toEqual([["Setup"]]);
});

it("keeps the lines of a text, and begins another with Enter where there are several", async () => {
  const done = vi.fn();
  render(<NameField isText label="Text" value={"one\ntwo"} onDone={done} />);
  await user.type(screen.getByRole("textbox"), "{Enter}three{Control>}{Enter}{/Control}");
  expect(done.mock.calls).toEqual([["one\ntwo\nthree"]]);
});
