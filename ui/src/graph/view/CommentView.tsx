/** A comment frame, behind wires and nodes. Dragged by its title, resized at its edges, renamed by a double click. */

import { memo, type CSSProperties } from "react";

import { setComments } from "../gestures/changes";
import type { GraphComment } from "../model/graph";
import { textOf } from "../model/records";
import { useCanvas, useEditor } from "./editor";
import { NameField } from "./NameField";

interface Props {
  comment: GraphComment;
  selected: boolean;
}

export const CommentView = memo(function CommentView({ comment, selected }: Props) {
  const { id, record } = comment;
  const { store, commit, focus } = useEditor();
  const drag = useCanvas((state) => (state.drag?.comments.has(id) ? state.drag.by : null));
  const resize = useCanvas((state) => (state.resize?.id === id ? state.resize.rect : null));
  const naming = useCanvas((state) => state.naming?.kind === "comment" && state.naming.id === id);
  const rect = resize ?? comment.rect;
  const color = textOf(record, "color");
  const text = textOf(record, "text");
  const style: CSSProperties & Record<"--frame", string> = {
    transform: `translate(${rect.x + (drag?.x ?? 0)}px, ${rect.y + (drag?.y ?? 0)}px)`,
    width: rect.width,
    height: rect.height,
    "--frame": /^#[0-9a-f]{6}$/i.test(color) ? color : "var(--text-3)",
  };
  return (
    <section
      className="bp-comment"
      data-selected={selected || undefined}
      style={style}
      role="group"
      tabIndex={-1}
      data-comment={id}
      aria-label={`Comment ${text || "without text"}`}
    >
      {naming ? (
        <NameField
          label="Text of the comment"
          value={text}
          placeholder="What happens here?"
          isText
          onDone={(next) => {
            store.setState({ naming: null });
            if (next !== undefined && next !== text) commit(setComments([id], { text: next }));
            focus();
          }}
        />
      ) : (
        <span className="bp-comment-title">{text || "Comment"}</span>
      )}
    </section>
  );
});
