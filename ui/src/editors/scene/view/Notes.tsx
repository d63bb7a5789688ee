import { Eye, TriangleAlert, X } from "lucide-react";

import { Button, Popover } from "../../../design";
import { textOf } from "../../../documents/reading";
import { reveal } from "../../../documents/selection";
import { sideOf } from "../../../viewport/camera/view";
import { useTab, useViewState } from "./context";

/** Listed at most; the rest is counted. */
const MOST = 100;

/** How the scene is looked at, where that is not as usual, and what of it could not be shown. */
export function Notes() {
  const { viewer, actions } = useTab();
  const { view, hidden, solo, loading, problems } = useViewState();
  const side = sideOf(view);
  const own = hidden.size + solo.size;
  return (
    <div className="scene-notes" data-own-pointer>
      {view.through !== null && (
        <Button size="normal" icon={<X size={13} aria-hidden />} onClick={actions.leaveCamera}>
          Through {viewer.nameOf(view.through)}
        </Button>
      )}
      {view.through === null && view.projection === "orthographic" && (
        <span className="scene-note">{side ? `From the ${side}` : "Orthographic"}</span>
      )}
      {own > 0 && (
        <Button icon={<Eye size={13} aria-hidden />} onClick={actions.showAll}>
          {solo.size > 0 ? "Some shown alone" : `${hidden.size} hidden for you`} · Show all
        </Button>
      )}
      {loading > 0 && <span className="scene-note">Loading {loading.toLocaleString()}…</span>}
      {problems.length > 0 && (
        <Popover
          title="Not shown as it is"
          side="top"
          trigger={
            <Button icon={<TriangleAlert size={13} aria-hidden />} className="scene-problems">
              {problems.length.toLocaleString()} not shown
            </Button>
          }
        >
          <ul className="scene-problem-list">
            {problems.slice(0, MOST).map(({ collection, id, message }, at) => (
              <li key={at}>
                <button
                  type="button"
                  onClick={() => reveal(viewer.document, [{ collection, id }], { glance: true })}
                >
                  <strong>{textOf(viewer.record(collection, id), "name") || collection}</strong> {message}
                </button>
              </li>
            ))}
            {problems.length > MOST && <li>… and {(problems.length - MOST).toLocaleString()} more</li>}
          </ul>
        </Popover>
      )}
    </div>
  );
}
