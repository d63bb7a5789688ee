import { Dialog } from "@base-ui/react/dialog";
import { Command as Finder, defaultFilter } from "cmdk";
import { useEffect, useState } from "react";

import { Kbd } from "../../design";
import { reveal } from "../../documents/selection";
import { find } from "../../ipc";
import type { FindHit } from "../../ipc";
import { documentKind } from "../../panels/hierarchy/DocumentList";
import { collectionWord } from "../../session/describe";
import { workingDocuments } from "../../session/project";
import { useDocuments } from "../../session/session";
import { commandTitle, useActiveCommands } from "../commands";
import { closePalette, useDialogs } from "../dialogs";
import "./palette.css";

const HITS = 40;
const TYPING_PAUSE = 90;

/** Finds everything: commands, documents, and what stands in them. */
export function Palette() {
  const { palette } = useDialogs();
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
          <PaletteBody />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function PaletteBody() {
  const [query, setQuery] = useState("");
  const hits = useHits(query);
  const documents = workingDocuments(useDocuments());
  const commands = useActiveCommands().filter(
    (command) => command.id !== "app.find" && command.when?.() !== false,
  );
  const choose = (run: () => unknown) => {
    closePalette();
    // After the dialog has given the focus back, so that what is chosen can take it.
    setTimeout(run);
  };
  return (
    <Finder
      label="Find anything"
      className="finder"
      // What the session found is a hit already, however it is spelled.
      filter={(value, search, keywords) =>
        value.startsWith("hit ") ? 1 : defaultFilter(value, search, keywords)
      }
    >
      <Finder.Input
        autoFocus
        className="palette-input"
        placeholder="Find commands, documents, nodes, entities…"
        value={query}
        onValueChange={setQuery}
      />
      <Finder.List className="finder-list">
        <Finder.Empty className="finder-empty">Nothing is called that.</Finder.Empty>
        <Finder.Group heading="Documents">
          {documents.map((document) => (
            <Finder.Item
              key={document.id}
              className="ui-item"
              value={`document ${document.name} ${document.id}`}
              onSelect={() => choose(() => reveal(document.id, []))}
            >
              <span className="ui-item-label">{document.name}</span>
              <span className="ui-item-end">{documentKind(document.kind).title}</span>
            </Finder.Item>
          ))}
        </Finder.Group>
        {query.trim() !== "" && hits.length > 0 && (
          <Finder.Group heading="In documents">
            {hits.map((hit) => (
              <Finder.Item
                key={`${hit.document} ${hit.collection} ${hit.id}`}
                className="ui-item"
                value={`hit ${hit.document} ${hit.collection} ${hit.id}`}
                onSelect={() =>
                  choose(() => reveal(hit.document, [{ collection: hit.collection, id: hit.id }]))
                }
              >
                <span className="ui-item-label">{hit.title}</span>
                <span className="ui-item-end">
                  {hit.detail || collectionWord(hit.collection)} · {hit.documentName}
                </span>
              </Finder.Item>
            ))}
          </Finder.Group>
        )}
        <Finder.Group heading="Commands">
          {commands.map((command) => (
            <Finder.Item
              key={command.id}
              className="ui-item"
              value={`${commandTitle(command)} ${command.id}`}
              onSelect={() => choose(() => command.run())}
            >
              <span className="ui-item-label">{commandTitle(command)}</span>
              {command.shortcut !== undefined && <Kbd keys={command.shortcut} />}
            </Finder.Item>
          ))}
        </Finder.Group>
      </Finder.List>
    </Finder>
  );
}

/** What the session finds, a moment after the typing pauses. */
function useHits(query: string): readonly FindHit[] {
  const [hits, setHits] = useState<readonly FindHit[]>([]);
  useEffect(() => {
    const wanted = query.trim();
    let stopped = false;
    const timer = setTimeout(() => {
      if (wanted === "") {
        setHits([]);
        return;
      }
      find(wanted, HITS).then(
        (found) => {
          if (!stopped) setHits(found);
        },
        () => undefined,
      );
    }, TYPING_PAUSE);
    return () => {
      stopped = true;
      clearTimeout(timer);
    };
  }, [query]);
  return hits;
}
