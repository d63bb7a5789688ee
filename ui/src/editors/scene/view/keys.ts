/** What the mouse and keys do in the viewport that no command says. */
export const KEYS: readonly { title: string; keys: readonly (readonly [string, string])[] }[] = [
  {
    title: "Look",
    keys: [
      ["Turn", "Alt+drag, middle drag"],
      ["Move across", "Shift+middle drag"],
      ["Nearer and away", "wheel, pinch"],
      ["Fly", "hold right, WASD QE"],
      ["Fly faster", "Shift"],
      ["Turn by keys", "arrow keys"],
      ["Frame the selection", "F"],
      ["Frame everything", "Home"],
      ["Front, right, top", "1 3 7"],
      ["Perspective or not", "5"],
      ["Through the camera", "0"],
    ],
  },
  {
    title: "Select",
    keys: [
      ["What lies under the pointer", "Alt+click"],
      ["Add to the selection", "Shift+click"],
      ["Add or take away", "Ctrl+click"],
      ["Everything in a box", "drag"],
    ],
  },
  {
    title: "Change",
    keys: [
      ["Move, rotate, scale", "W E R"],
      ["Take hold by keys", "G"],
      ["Hold to an axis, a plane", "X, Shift+X"],
      ["Snap the other way", "Ctrl"],
      ["Duplicate while dragging", "Alt, Shift+D"],
      ["Keep, give up", "Enter, Esc"],
    ],
  },
];
