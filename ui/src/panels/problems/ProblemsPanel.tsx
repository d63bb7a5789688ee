import { CircleX, Info, TriangleAlert, X } from "lucide-react";

import { attempt, showUndoable } from "../../workspace/notify";
import { Button, EmptyState, IconButton } from "../../design";
import { edit } from "../../documents/document";
import { reveal } from "../../documents/selection";
import type { Problem } from "../../ipc/types";
import { useLooking, useProblems } from "../../project/problems";
import { MANIFEST, useDocuments } from "../../project/session";
import "./problems.css";

/** More than anyone reads; the rest appears as these are solved. */
const SHOWN = 500;

/** What is wrong in the session's documents, with a way to each, and what an import left to know. */
export function ProblemsPanel() {
  const problems = useProblems();
  const looking = useLooking();
  if (looking) return <EmptyState title="Looking for problems…">Every document is being read.</EmptyState>;
  if (problems.length === 0) {
    return (
      <EmptyState title="No problems">
        What would keep a graph from running or exporting is listed here.
      </EmptyState>
    );
  }
  const found = problems.filter(({ note }) => note === null);
  const notes = problems.filter(({ note }) => note !== null);
  return (
    <div className="problems">
      {found.length > 0 && <ProblemList label="Problems" problems={found} />}
      {notes.length > 0 && (
        <section aria-labelledby="problems-import">
          <header className="problems-heading">
            <h2 id="problems-import">From the import</h2>
            <Button variant="quiet" onClick={() => dismiss(notes)}>
              Dismiss all
            </Button>
          </header>
          <ProblemList label="From the import" problems={notes} />
        </section>
      )}
    </div>
  );
}

function ProblemList({ label, problems }: { label: string; problems: readonly Problem[] }) {
  const documents = useDocuments();
  const nameOf = (id: string) => documents.find((document) => document.id === id)?.name ?? "";
  return (
    <ul aria-label={label}>
      {problems.slice(0, SHOWN).map((problem, at) => (
        <li
          key={problem.note ?? `${problem.document} ${problem.id ?? ""} ${problem.field ?? ""} ${at}`}
          className="problem"
        >
          <Message problem={problem} document={nameOf(problem.document)} />
          {problem.note !== null && (
            <IconButton label="Dismiss" onClick={() => dismiss([problem])}>
              <X size={14} aria-hidden />
            </IconButton>
          )}
        </li>
      ))}
      {problems.length > SHOWN && <li className="problems-more">and {problems.length - SHOWN} more</li>}
    </ul>
  );
}

function Message({ problem, document }: { problem: Problem; document: string }) {
  const content = (
    <>
      <SeverityIcon severity={problem.severity} />
      <span className="problem-message">{problem.message}</span>
      <span className="ui-tree-detail">{document}</span>
    </>
  );
  // A note about the file as a whole has no place to go to.
  if (problem.note !== null && problem.document === MANIFEST) {
    return <div className="problem-content">{content}</div>;
  }
  return (
    <button type="button" className="problem-content" onClick={() => show(problem)}>
      {content}
    </button>
  );
}

function SeverityIcon({ severity }: Pick<Problem, "severity">) {
  switch (severity) {
    case "error":
      return <CircleX size={14} className="problem-error" aria-label="Error" />;
    case "warning":
      return <TriangleAlert size={14} className="problem-warning" aria-label="Warning" />;
    case "info":
      return <Info size={14} className="problem-info" aria-label="Note" />;
  }
}

function show(problem: Problem): void {
  const { document, collection, id } = problem;
  reveal(document, collection !== null && id !== null ? [{ collection, id }] : []);
}

function dismiss(notes: readonly Problem[]): void {
  const changes = notes.flatMap(({ note }) =>
    note === null ? [] : [{ collection: "notes", id: note, remove: true as const }],
  );
  void attempt(async () => {
    const dismissed = await edit(MANIFEST, "note.dismiss", changes);
    if (changes.length > 1) showUndoable(`Dismissed ${changes.length} notes`, MANIFEST, dismissed.cids[0]);
  });
}
