import { Dialog } from "@base-ui/react/dialog";
import { Command as Finder } from "cmdk";
import { useEffect, useState } from "react";

import { Kbd } from "../../design";
import { reveal } from "../../documents/selection";
import { find } from "../../ipc/documents";
import type { FindHit } from "../../ipc/types";
import { assetDetail } from "../../panels/assets/AssetTravel";
import { revealAssets } from "../../panels/assets/assetSelection";
import { kindOf, recordKind } from "../../workspace/kinds";
import { useAssets } from "../../project/assets";
import { workingDocuments } from "../../project/project";
import { useDocuments, documentInfo } from "../../project/session";
import { commandTitle, useListedCommands } from "../../workspace/commands";
import { closePalette, useDialogs } from "../../workspace/dialogs";
import { bestFirst, byBest, matching } from "./match";
import "./palette.css";

const HITS = 40;
const TYPING_PAUSE = 90;

/** Finds everything: commands, documents, and what stands in them. */
export function Palette() {
  const { palette } = useDialogs();
  const [opening, setOpening] = useState({ open: palette, count: 0 });
  // What is opened again while it still fades begins anew.
  if (opening.open !== palette) setOpening({ open: palette, count: opening.count + (palette ? 1 : 0) });
  return (
    <Dialog.Root
      open={palette}
      onOpenChange={(open) => {
        if (!open) closePalette();
      }}
    >
      <Dialog.Portal>
        <Dialog.Backdrop className="ui-backdrop" />
        <Dialog.Popup className="palette" aria-label="Find anything">
          <PaletteBody key={opening.count} />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

interface Entry {
  value: string;
  title: string;
  detail?: string;
  shortcut?: string | undefined;
  run: () => unknown;
}

interface Group {
  heading: string;
  entries: Entry[];
}

function PaletteBody() {
  const [query, setQuery] = useState("");
  const [picked, setPicked] = useState<{ value: string; among: string }>();
  const groups = useGroups(query);
  const values = groups.flatMap((group) => group.entries.map((entry) => entry.value));
  // What was picked by arrows stays picked only while the list is the same; a new list starts at its best entry.
  const among = `${query} ${values.length}`;
  const value = picked?.among === among && values.includes(picked.value) ? picked.value : (values[0] ?? "");
  const choose = (run: () => unknown) => {
    closePalette();
    // After the dialog has given the focus back, so that what is chosen can take it.
    setTimeout(run);
  };
  return (
    <Finder
      label="Find anything"
      className="finder"
      shouldFilter={false}
      value={value}
      onValueChange={(next) => setPicked({ value: next, among })}
    >
      <Finder.Input
        autoFocus
        className="palette-input"
        placeholder="Find commands, documents, nodes, entities, files…"
        value={query}
        onValueChange={setQuery}
      />
      <Finder.List className="finder-list">
        <Finder.Empty className="finder-empty">Nothing is called that.</Finder.Empty>
        {groups.map((group) => (
          <Finder.Group key={group.heading} heading={group.heading}>
            {group.entries.map((entry) => (
              <Finder.Item
                key={entry.value}
                className="ui-item"
                value={entry.value}
                onSelect={() => choose(entry.run)}
              >
                <span className="ui-item-label">{entry.title}</span>
                {entry.detail !== undefined && <span className="ui-item-end">{entry.detail}</span>}
                {entry.shortcut !== undefined && <Kbd keys={entry.shortcut} />}
              </Finder.Item>
            ))}
          </Finder.Group>
        ))}
      </Finder.List>
    </Finder>
  );
}

/** What the query finds, group by group; empty groups are left out. */
function useGroups(query: string): Group[] {
  const hits = useHits(query);
  const documents = workingDocuments(useDocuments());
  const { list: assets } = useAssets();
  const commands = useListedCommands().filter(
    (command) => command.id !== "app.find" && command.when?.() !== false,
  );
  const groups: Group[] = [
    {
      heading: "Documents",
      entries: matching(query, documents, (document) => document.name).map((document) => ({
        value: `document ${document.id}`,
        title: document.name,
        detail: kindOf(document.kind).title,
        run: () => reveal(document.id, []),
      })),
    },
    {
      heading: "Commands",
      entries: matching(query, commands, commandTitle).map((command) => ({
        value: `command ${command.id}`,
        title: commandTitle(command),
        shortcut: command.shortcut,
        run: () => command.run(),
      })),
    },
    {
      heading: "Files",
      // Without a query there are too many to list before anything else.
      entries:
        query.trim() === ""
          ? []
          : matching(query, assets, (asset) => asset.path)
              .slice(0, HITS)
              .map((asset) => ({
                value: `asset ${asset.id}`,
                title: asset.path,
                detail: assetDetail(asset),
                run: () => revealAssets([asset.id]),
              })),
    },
    {
      heading: "In documents",
      entries: bestFirst(query, hits, (hit) => hit.title).map((hit) => ({
        value: `hit ${hit.document} ${hit.collection} ${hit.id}`,
        title: hit.title,
        detail: `${hit.detail || recordKind(documentInfo(hit.document)?.kind ?? "", hit.collection).noun} · ${hit.documentName}`,
        run: () => reveal(hit.document, [{ collection: hit.collection, id: hit.id }]),
      })),
    },
  ];
  return byBest(
    query,
    groups.filter((group) => group.entries.length > 0),
  );
}

/** What the session finds, a moment after the typing pauses. */
function useHits(query: string): readonly FindHit[] {
  const wanted = query.trim();
  const [found, setFound] = useState<{ query: string; hits: readonly FindHit[] }>({ query: "", hits: [] });
  useEffect(() => {
    if (wanted === "") return undefined;
    let stopped = false;
    const timer = setTimeout(() => {
      find(wanted, HITS).then(
        (hits) => {
          if (!stopped) setFound({ query: wanted, hits });
        },
        () => undefined,
      );
    }, TYPING_PAUSE);
    return () => {
      stopped = true;
      clearTimeout(timer);
    };
  }, [wanted]);
  // Hits of the query before stay until the new ones arrive: a list that blinks is hard to read.
  return wanted === "" ? [] : found.hits;
}
