import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";

import { Picker } from "./Picker";

it("finds by any words of a name, in any case", async () => {
  const user = userEvent.setup();
  const options = ["Lantern 2", "Pillar 2"].map((label) => ({ value: label, label }));
  render(<Picker label="Whose" value={undefined} options={options} onChange={() => undefined} />);
  await user.click(screen.getByRole("combobox", { name: "Whose" }));
  await user.type(await screen.findByRole("combobox", { name: "Find: Whose" }), "2 LAN");
  expect(screen.getAllByRole("option").map(({ textContent }) => textContent)).toEqual(["Lantern 2"]);
});

it("takes the first that fits with Enter", async () => {
  const user = userEvent.setup();
  const change = vi.fn();
  const options = ["Lantern 1", "Lantern 3"].map((label) => ({ value: label, label }));
  render(<Picker label="Whose" value="Lantern 3" options={options} onChange={change} />);
  await user.click(screen.getByRole("combobox", { name: "Whose" }));
  await user.type(await screen.findByRole("combobox", { name: "Find: Whose" }), "lantern 1{Enter}");
  expect(change.mock.calls).toEqual([["Lantern 1"]]);
});
