import { CircleX, TriangleAlert } from "lucide-react";

import { EmptyState } from "../../design";
import { reveal } from "../../documents/selection";
import type { Problem } from "../../ipc";
import { useProblems } from "../../session/problems";
import { useDocuments } from "../../session/session";
import "./problems.css";

/** More than anyone reads; the rest appears as these are solved. */
const SHOWN = 500;

/** What is wrong in the session's documents, with a way to each. */
export function ProblemsPanel() {
  const problems = useProblems();
  const documents = useDocuments();
  if (problems.length === 0) {
    return (
      <EmptyState title="No problems">
        What would keep a graph from running or exporting is listed here.
      </EmptyState>
    );
  }
  const nameOf = (id: string) => documents.find((document) => document.id === id)?.name ?? "";
  return (
    <ul className="problems" aria-label="Problems">
      {problems.slice(0, SHOWN).map((problem, at) => (
        <li key={`${problem.document} ${problem.id ?? ""} ${problem.field ?? ""} ${at}`}>
          <button type="button" className="problem" onClick={() => show(problem)}>
            {problem.severity === "error" ? (
              <CircleX size={14} className="problem-error" aria-label="Error" />
            ) : (
              <TriangleAlert size={14} className="problem-warning" aria-label="Warning" />
            )}
            <span className="problem-message">{problem.message}</span>
            <span className="ui-tree-detail">{nameOf(problem.document)}</span>
          </button>
        </li>
      ))}
      {problems.length > SHOWN && <li className="problems-more">and {problems.length - SHOWN} more</li>}
    </ul>
  );
}

function show(problem: Problem): void {
  const { document, collection, id } = problem;
  reveal(document, collection !== null && id !== null ? [{ collection, id }] : []);
}
