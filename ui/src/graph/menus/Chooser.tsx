/** A list to search and choose from: arrow keys move, Enter chooses, Escape closes. The palette and "Connect to…". */

import { Search } from "lucide-react";
import {
  useEffect,
  useId,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type KeyboardEvent,
  type ReactNode,
} from "react";

import { Help } from "../../design";
import type { Point } from "../model/records";
import { useCanvas } from "../view/editor";
import { placedAt } from "./place";
import "./chooser.css";

export interface Choice {
  key: string;
  title: string;
  /** A word at the right. */
  word?: string;
  /** The line above the first of each group. */
  group: string;
  /** Tells groups of the same name apart. */
  groupKey?: string;
  icon?: ReactNode;
  help?: string;
}

interface Props<T extends Choice> {
  label: string;
  placeholder: string;
  screen: Point;
  /** What matches the query, best first; neighbours of one group stand together. */
  find: (query: string) => readonly T[];
  onChoose: (choice: T) => void;
  /** The choice that Enter would take, as it changes. */
  onHighlight?: (choice: T | undefined) => void;
  onClose: () => void;
  empty: string;
  note?: string | undefined;
}

const WIDTH = 320;
const HEIGHT = 420;
/** More than anybody reads; typing narrows it. */
const MOST = 300;

export function Chooser<T extends Choice>(props: Props<T>) {
  const { label, placeholder, screen, find, onChoose, onHighlight, onClose, empty, note } = props;
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const size = useCanvas((state) => state.size);
  const choices = useMemo(() => find(query).slice(0, MOST), [find, query]);
  const current = choices[Math.min(at, choices.length - 1)];
  const list = useRef<HTMLDivElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const id = useId();
  useEffect(() => field.current?.focus({ preventScroll: true }), []);
  useLayoutEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  }, [current]);

  useEffect(() => onHighlight?.(current), [onHighlight, current]);

  const onKeyDown = (event: KeyboardEvent): void => {
    event.stopPropagation();
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 };
    const step = steps[event.key];
    if (step !== undefined && choices.length > 0) {
      event.preventDefault();
      const last = choices.length - 1;
      const next = Math.min(at, last) + step;
      // One step past an end comes round; a page stops there.
      setAt(
        Math.abs(step) === 1 ? (next + choices.length) % choices.length : Math.min(Math.max(next, 0), last),
      );
    } else if (event.key === "Enter" && current) {
      event.preventDefault();
      onChoose(current);
    } else if (event.key === "Escape" || event.key === "Tab") {
      event.preventDefault();
      onClose();
    }
  };

  const { maxHeight, ...place } = placedAt(screen, size, { width: WIDTH, height: HEIGHT });
  // Where it opens upward, its field of search stays put while the list below it shrinks.
  const height = place.bottom === undefined ? { maxHeight } : { height: maxHeight };
  return (
    <>
      <div
        className="bp-scrim"
        data-own-pointer
        onPointerDown={onClose}
        onContextMenu={(event) => event.preventDefault()}
      />
      <div
        className="bp-chooser"
        data-own-pointer
        role="dialog"
        aria-label={label}
        style={{ ...place, ...height }}
        onKeyDown={onKeyDown}
      >
        <label className="bp-chooser-search">
          <Search size={14} aria-hidden="true" />
          <input
            ref={field}
            role="combobox"
            aria-label={label}
            aria-expanded="true"
            aria-controls={`${id}-list`}
            aria-autocomplete="list"
            aria-activedescendant={current ? `${id}-${current.key}` : undefined}
            placeholder={placeholder}
            spellCheck={false}
            autoComplete="off"
            value={query}
            onChange={(event) => {
              setQuery(event.currentTarget.value);
              setAt(0);
            }}
          />
        </label>
        {note && <p className="bp-chooser-note">{note}</p>}
        <div ref={list} id={`${id}-list`} className="bp-chooser-list" role="listbox" aria-label={label}>
          {groupsOf(choices).map(([group, members], index) => (
            <div key={index} role="group" aria-label={group}>
              <div className="bp-chooser-group" aria-hidden="true">
                {group}
              </div>
              {members.map((choice) => (
                <div
                  key={choice.key}
                  id={`${id}-${choice.key}`}
                  role="option"
                  aria-selected={choice === current}
                  className="bp-choice"
                  onPointerMove={() => setAt(choices.indexOf(choice))}
                  onClick={() => onChoose(choice)}
                >
                  {choice.icon}
                  <span className="bp-choice-title">{choice.title}</span>
                  {choice.word && <span className="bp-choice-word">{choice.word}</span>}
                </div>
              ))}
            </div>
          ))}
          {choices.length === 0 && <p className="bp-chooser-empty">{empty}</p>}
        </div>
        {current?.help && (
          <p className="bp-chooser-help">
            <Help text={current.help} />
          </p>
        )}
      </div>
    </>
  );
}

/** Consecutive choices of the same group. */
function groupsOf<T extends Choice>(choices: readonly T[]): [string, T[]][] {
  const groups: [string, T[]][] = [];
  for (const choice of choices) {
    const last = groups.at(-1);
    const before = last?.[1].at(-1);
    if (last && before?.group === choice.group && before.groupKey === choice.groupKey) last[1].push(choice);
    else groups.push([choice.group, [choice]]);
  }
  return groups;
}
