import { CircleX, GitBranch, TriangleAlert } from "lucide-react";
import { useStore } from "zustand";

import { useDocumentState, useKind, useReading, useThere } from "../documents/document";
import { useSaving } from "../documents/saving";
import { selection } from "../documents/selection";
import type { RecordRef } from "../documents/selection";
import { recordKind, recordTitle } from "../workspace/kinds";
import { isWrong, useLooking, useProblems } from "../project/problems";
import { active } from "../project/activeDocument";
import { useProject } from "../project/project";
import { useDisplaced, useSessionStatus } from "../project/session";
import { useRegion } from "../workspace/regions";
import { goToTool } from "../workspace/tabs";
import { ConnectionItem } from "./ConnectionItem";
import { useEditorStatus } from "../workspace/status";

/** Where the work is, whether it is safe, what is wrong, what is selected. */
export function StatusBar() {
  const project = useProject();
  const { zoom, fps } = useEditorStatus(useStore(active, ({ tab }) => tab));
  return (
    <footer className="status-bar" aria-label="Status" {...useRegion("status")}>
      <ConnectionItem />
      <button type="button" className="status-item" onClick={() => goToTool("session")}>
        <EventCount /> events
      </button>
      <Saved />
      <Refused />
      <span className="status-item">
        <GitBranch size={12} aria-hidden /> {project?.branch}
      </span>
      <ProblemSummary />
      <span className="status-space" />
      <SelectionSummary />
      {zoom !== undefined && <span className="status-item status-number">{Math.round(zoom * 100)} %</span>}
      {fps !== undefined && <span className="status-item status-number">{Math.round(fps)} fps</span>}
    </footer>
  );
}

function EventCount() {
  return Number(useSessionStatus(({ events }) => events)).toLocaleString();
}

function Refused() {
  const count = useSessionStatus(({ quarantined }) => quarantined);
  return count === "0" ? null : <span className="status-item status-failed">{count} refused</span>;
}

function Saved() {
  const { pending, failure } = useSaving();
  const displaced = useDisplaced();
  if (displaced) {
    // The banner tells more, and what to do.
    return <span className="status-item status-failed">Not saved</span>;
  }
  if (failure) {
    return (
      <span className="status-item status-failed" role="alert" title={failure.detail}>
        Not saved: {failure.message}
      </span>
    );
  }
  return (
    <span className="status-item" role="status" title="Whether every edit is on this disk">
      {pending > 0 ? "saving…" : "all saved"}
    </span>
  );
}

function ProblemSummary() {
  const all = useProblems();
  const problems = all.filter(isWrong);
  const notes = all.length - problems.length;
  const looking = useLooking();
  const errors = problems.filter((problem) => problem.severity === "error").length;
  const Icon = errors > 0 ? CircleX : TriangleAlert;
  return (
    <button type="button" className="status-item" onClick={() => goToTool("problems")}>
      {problems.length > 0 && (
        <Icon size={12} className={errors > 0 ? "problem-error" : "problem-warning"} aria-hidden />
      )}
      {looking
        ? "looking for problems…"
        : problems.length === 0
          ? "no problems"
          : `${problems.length} ${problems.length === 1 ? "problem" : "problems"}`}
      {notes > 0 && `, ${notes} ${notes === 1 ? "note" : "notes"}`}
    </button>
  );
}

function SelectionSummary() {
  const { document, refs } = useStore(selection);
  if (document === null || refs.length === 0) return null;
  return <SelectionIn document={document} refs={refs} />;
}

function SelectionIn({ document, refs }: { document: string; refs: readonly RecordRef[] }) {
  const kind = useKind(document);
  const present = useThere(document, refs);
  const [first] = present;
  if (kind === undefined || !first) return null;
  const isOneKind = present.every((ref) => ref.collection === first.collection);
  const count = present.length.toLocaleString();
  return (
    <span className="status-item status-selection">
      {present.length === 1 ? (
        <TitleOf document={document} kind={kind} target={first} />
      ) : isOneKind ? (
        <>
          {count} of <Total document={document} collection={first.collection} /> {first.collection}
        </>
      ) : (
        `${count} selected`
      )}
    </span>
  );
}

function TitleOf({ document, kind, target }: { document: string; kind: string; target: RecordRef }) {
  const title = useReading(document, (records) => recordTitle(kind, records, target));
  const { noun } = recordKind(kind, target.collection);
  return title === undefined || title === noun ? noun : `${noun} ${title}`;
}

function Total({ document, collection }: { document: string; collection: string }) {
  return useDocumentState(document, ({ view }) => view?.records.all(collection).size)?.toLocaleString();
}
