import { act, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { beforeEach, describe, expect, it, vi } from "vitest";

import { App } from "./App";
import { Twin } from "../ipc/testing/twin";
import { projects } from "../project/project";
import { closeProjectHere } from "../testing/reset";

vi.mock("../editors/blueprint/BlueprintEditor", () => ({
  BlueprintEditor: () => <div role="application" aria-label="Blueprint" />,
}));

const user = userEvent.setup();
const LINK = "wissil://session/01SESSION?name=Flocking&server=nats%3A%2F%2Fstudio.example.org%3A4222";

async function openApp(options: ConstructorParameters<typeof Twin>[0] = {}, link?: string): Promise<Twin> {
  const twin = new Twin({ past: 2, entities: 4, ...options }).install();
  if (link !== undefined) twin.links.asked = link;
  render(<App />);
  await screen.findAllByRole("button", { hidden: true });
  return twin;
}

async function assertAccessible(element: Element): Promise<void> {
  // Without layout there are no colours to compare; the real window's test does that.
  const { violations } = await axe.run(element, { rules: { "color-contrast": { enabled: false } } });
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
}

beforeEach(closeProjectHere);

describe("sharing", () => {
  it("hosts for this machine first, gives a link, and stops", async () => {
    const twin = await openApp();
    await user.click(screen.getByRole("button", { name: "Share" }));
    const dialog = await screen.findByRole("dialog", { name: "Share Whack-a-Mole" });
    await assertAccessible(dialog);
    expect(within(dialog).getByRole("radio", { name: "This machine only", checked: true })).toBeTruthy();
    await user.click(within(dialog).getByRole("radio", { name: "Everyone on my network" }));
    await user.click(within(dialog).getByRole("button", { name: "Start hosting" }));

    const link = await within(dialog).findByLabelText<HTMLInputElement>("Link for others");
    expect(link.value).toMatch(/^wissil:\/\/session\//);
    expect(twin.network.hosting?.reach).toBe("network");
    expect(within(dialog).getByText(/contains a secret/)).toBeTruthy();
    expect(within(dialog).getByText("Guest 2")).toBeTruthy();
    await assertAccessible(dialog);
    await user.click(within(dialog).getByRole("button", { name: "Copy link" }));
    expect(await navigator.clipboard.readText()).toBe(link.value);
    await within(dialog).findByRole("button", { name: "Copied" });

    await user.click(within(dialog).getByRole("button", { name: "Stop hosting…" }));
    await user.click(await screen.findByRole("button", { name: "Stop hosting" }));
    await screen.findByRole("radio", { name: "Host on this machine" });
    expect(twin.network.hosting).toBeNull();
    await screen.findByRole("button", { name: "On this disk", hidden: true });
  });

  it("connects to a server with a password, after saying what is wrong", async () => {
    const twin = await openApp();
    await user.click(screen.getByRole("button", { name: "Share" }));
    const dialog = await screen.findByRole("dialog", { name: "Share Whack-a-Mole" });
    await user.click(within(dialog).getByRole("radio", { name: "Connect to a server" }));
    const connect = within(dialog).getByRole("button", { name: "Connect" });
    const address = within(dialog).getByLabelText("Address");
    await user.type(address, "http://nowhere");
    expect(within(dialog).getByText(/not with http/)).toBeTruthy();
    expect(connect.hasAttribute("disabled")).toBe(true);

    await user.clear(address);
    await user.type(address, "nowhere:4222");
    await user.click(within(dialog).getByRole("combobox", { name: "Sign in with" }));
    await user.click(await screen.findByRole("option", { name: "Name and password" }));
    await user.type(within(dialog).getByLabelText("Name"), "ann");
    const password = within(dialog).getByLabelText("Password");
    expect(password.getAttribute("type")).toBe("password");
    await user.type(password, "secret");
    await assertAccessible(dialog);
    await user.click(connect);
    expect((await within(dialog).findByRole("alert")).textContent).toContain("does not answer");

    await user.clear(address);
    await user.type(address, "studio:4222");
    await user.click(connect);
    await within(dialog).findByLabelText("Link for others");
    expect(twin.network.connected).toEqual({
      url: "nats://studio:4222",
      login: { type: "password", user: "ann", password: "secret" },
      certificate: null,
    });
  });
});

describe("a session whose server refuses it", () => {
  it("offers no link, for there is nothing to join", async () => {
    await openApp({ connection: "refused" });
    await user.click(screen.getByRole("button", { name: "Share" }));
    const dialog = await screen.findByRole("dialog", { name: "Share Whack-a-Mole" });
    await within(dialog).findByText("2 people", { exact: false });
    expect(within(dialog).getByText("Refused")).toBeTruthy();
    expect(within(dialog).queryByLabelText("Link for others")).toBeNull();
  });
});

describe("joining", () => {
  it("reads a pasted link, asks before a server it has not seen, joins and opens", async () => {
    const twin = await openApp({ open: false });
    await user.click(screen.getByRole("button", { name: "Open a shared link…" }));
    const ask = await screen.findByRole("dialog", { name: "Open a shared link" });
    await user.type(within(ask).getByLabelText("Link"), "https://example.org");
    await user.click(within(ask).getByRole("button", { name: "Continue" }));
    expect((await within(ask).findByRole("alert")).textContent).toContain("not a link to a session");

    await user.clear(within(ask).getByLabelText("Link"));
    await user.type(within(ask).getByLabelText("Link"), LINK);
    await user.click(within(ask).getByRole("button", { name: "Continue" }));
    const offer = await screen.findByRole("dialog", { name: "Join Flocking" });
    const name = within(offer).getByLabelText("Your name");
    await user.clear(name);
    expect(
      within(offer).getByRole("button", { name: "Trust the server and join" }).hasAttribute("disabled"),
    ).toBe(true);
    await user.type(name, "Grace");
    expect(within(offer).getByText("nats://studio.example.org:4222")).toBeTruthy();
    expect(within(offer).getByText(/You have not used this server before/)).toBeTruthy();
    expect(within(offer).getByLabelText<HTMLInputElement>("Folder").value).toBe("/home/ada/WISSIL/Flocking");
    await assertAccessible(offer);
    await user.click(within(offer).getByRole("button", { name: "Trust the server and join" }));
    await screen.findByRole("button", { name: "Project Whack-a-Mole" });
    expect(projects.getState().app?.user.name).toBe("Grace");
    expect(twin.calls.lastIndexOf("project_open")).toBeGreaterThan(twin.calls.indexOf("project_fetch"));
    expect(screen.queryByRole("dialog")).toBeNull();
  });

  it("looks at the link it was started with, and trusts a server it has used", async () => {
    await openApp({ open: false }, `${LINK}&known`);
    const offer = await screen.findByRole("dialog", { name: "Join Flocking" });
    expect(within(offer).queryByText(/not used this server before/)).toBeNull();
    expect(within(offer).getByRole("button", { name: "Join" })).toBeTruthy();
  });

  it("offers to open a session that is on this machine already, when asked later", async () => {
    const twin = await openApp({ open: false });
    await waitFor(() => expect(twin.calls).toContain("link_asked"));
    await act(() => twin.links.ask(`${LINK}&here`));
    const offer = await screen.findByRole("dialog", { name: "Join Flocking" });
    expect(within(offer).getByText(/already on this machine/)).toBeTruthy();
    await user.click(within(offer).getByRole("button", { name: "Open" }));
    await screen.findByRole("button", { name: "Project Whack-a-Mole" });
    expect(twin.calls).toContain("project_open");
  });

  it("asks before a session that is on this machine goes to another server", async () => {
    const twin = await openApp({ open: false }, `${LINK}&here&goes=nats%3A%2F%2Fold%3A4222`);
    const offer = await screen.findByRole("dialog", { name: "Join Flocking" });
    expect(within(offer).getByText("nats://old:4222")).toBeTruthy();
    expect(within(offer).getByRole("button", { name: "Open" })).toBeTruthy();
    await assertAccessible(offer);
    await user.click(within(offer).getByRole("button", { name: "Go to nats://studio.example.org:4222" }));
    await screen.findByRole("button", { name: "Project Whack-a-Mole" });
    expect(twin.calls).toContain("project_move");
    expect(twin.calls).not.toContain("project_open");
  });

  it("says why joining failed and keeps the project that was open", async () => {
    const twin = await openApp();
    await screen.findByRole("button", { name: "Project Whack-a-Mole" });
    projects.setState(({ project }) => ({ project: project && { ...project, session: "01OTHER" } }));
    twin.links.failJoin = {
      code: "unreachable",
      message: "The server does not answer. Try later.",
      detail: "",
    };
    await act(() => twin.links.ask(LINK));
    const offer = await screen.findByRole("dialog", { name: "Join Flocking" });
    await user.click(within(offer).getByRole("button", { name: "Trust the server and join" }));
    await screen.findByText("The server does not answer. Try later.");
    await screen.findByRole("button", { name: "Project Whack-a-Mole", hidden: true });
    expect(twin.calls).not.toContain("project_open");
  });

  it("can be cancelled while it fetches, and keeps the project that was open", async () => {
    const twin = await openApp();
    await screen.findByRole("button", { name: "Project Whack-a-Mole" });
    projects.setState(({ project }) => ({ project: project && { ...project, session: "01OTHER" } }));
    twin.links.fetchStops = true;
    await act(() => twin.links.ask(LINK));
    const offer = await screen.findByRole("dialog", { name: "Join Flocking" });
    await user.click(within(offer).getByRole("button", { name: "Trust the server and join" }));
    const joining = await screen.findByRole("dialog", { name: "Joining Flocking" });
    await within(joining).findByText("400 of 1,000");
    await assertAccessible(joining);
    const cancel = within(joining).getByRole("button", { name: "Cancel" });
    await waitFor(() => expect(document.activeElement).toBe(cancel));
    await user.click(cancel);
    await screen.findByRole("dialog", { name: "Join Flocking" });
    expect(screen.queryByText(/was cancelled/)).toBeNull();
    expect(twin.calls).not.toContain("project_open");
    // By key as well, and then it can be done after all.
    await user.click(screen.getByRole("button", { name: "Trust the server and join" }));
    await screen.findByText("400 of 1,000");
    await user.keyboard("{Escape}");
    twin.links.fetchStops = false;
    await user.click(await screen.findByRole("button", { name: "Trust the server and join" }));
    await waitFor(() => expect(twin.calls).toContain("project_open"));
  });
});
