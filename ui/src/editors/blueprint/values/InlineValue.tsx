/** The value typed in beside an unconnected input, with a control for its type. */

import { newestRecord } from "../../../documents/document";
import type { ValueFieldProps } from "../../../graph/language";
import { literalOf } from "../../../graph/model/records";
import { setValue } from "../../../graph/gestures/changes";
import { componentsIn, fieldWidth, literalFrom, type Component } from "./literals";
import { typeClass } from "./types";
import { useCanvas, useEditor } from "../../../graph/view/editor";
import { InlineReference } from "./InlineReference";
import { ValueField } from "./ValueField";

/**
 * Below this zoom controls are smaller than a target may be (24 px): values show as text then, which the pointer still
 * edits; the keyboard edits the same values in the Inspector.
 */
const FULL_SIZE = 0.99;
const AXES = ["x", "y", "z", "w"];

export function InlineValue({ node, socket, type }: ValueFieldProps) {
  const { commit, document } = useEditor();
  const components = componentsIn(type, literalOf(node.record, socket.id));
  const label = socket.label || socket.id;
  const small = useCanvas(({ viewport }) => viewport.zoom < FULL_SIZE);
  const write = (index: number, component: Component): void => {
    if (component === components[index]) return;
    const newest = newestRecord(document, "nodes", node.id) ?? node.record;
    const next = componentsIn(type, literalOf(newest, socket.id));
    next[index] = component;
    commit(setValue(node.id, socket.id, literalFrom(type, next)));
  };
  if (typeClass(type) === "bool") {
    const on = components[0] === true;
    const unset = components[0] === undefined;
    if (small) {
      return (
        <span
          className="bp-toggle"
          data-own-pointer
          data-on={on || undefined}
          data-unset={unset || undefined}
          onClick={() => write(0, !on)}
        />
      );
    }
    return (
      <button
        type="button"
        className="bp-toggle"
        data-own-pointer
        role="switch"
        aria-checked={on}
        aria-label={label}
        aria-description={unset ? "not set" : undefined}
        title={unset ? "not set" : undefined}
        data-unset={unset || undefined}
        onClick={() => write(0, !on)}
      />
    );
  }
  if (typeClass(type) === "ref") {
    return <InlineReference node={node} socket={socket} value={String(components[0] ?? "")} small={small} />;
  }
  return (
    <span className="bp-fields" style={{ width: fieldWidth(type) }}>
      {components.map((component, index) => (
        <ValueField
          key={index}
          type={type}
          component={component}
          axis={components.length > 1 ? AXES[index] : undefined}
          label={components.length > 1 ? `${label} ${AXES[index] ?? index}` : label}
          small={small}
          onChange={(next) => write(index, next)}
        />
      ))}
    </span>
  );
}
