/** How far from the pointer its label stands, in pixels, so that one sees what is below the pointer. */
const AWAY = 14;

/** Shows what is dragged as a label at the pointer. Left to themselves, web views draw the element with what surrounds it. */
export function labelDrag(data: DataTransfer, text: string): void {
  const label = document.createElement("div");
  label.className = "ui-drag-label";
  label.textContent = text;
  document.body.append(label);
  data.setDragImage(label, -AWAY, -AWAY);
  // The picture is taken once the handler of `dragstart` has returned.
  setTimeout(() => label.remove());
}
