/** Flying with the keys WASD and QE while the right button is held. */
import { flown } from "./view";
import type { View } from "./view";

/** How many target distances one flies in a second. */
const SPEED = 0.9;
const FASTER = 4;
/** A window that was hidden for long still moves, instead of jumping; in seconds. */
const LONGEST_STEP = 0.1;

const DIRECTIONS: Readonly<Record<string, { x: number; y: number; z: number }>> = {
  KeyW: { x: 0, y: 0, z: 1 },
  KeyS: { x: 0, y: 0, z: -1 },
  KeyA: { x: -1, y: 0, z: 0 },
  KeyD: { x: 1, y: 0, z: 0 },
  KeyE: { x: 0, y: 1, z: 0 },
  KeyQ: { x: 0, y: -1, z: 0 },
};

/** Whether a key, by its place on the keyboard, is one to fly with. */
export const isFlightKey = (code: string): boolean => code in DIRECTIONS;

/** The view after some seconds with these keys down; `pace` is what the wheel made of the speed. */
export function flownFor(
  view: View,
  seconds: number,
  keys: ReadonlySet<string>,
  { fast, pace }: { fast: boolean; pace: number },
): View {
  const by = { x: 0, y: 0, z: 0 };
  for (const key of keys) {
    const direction = DIRECTIONS[key];
    if (!direction) continue;
    by.x += direction.x;
    by.y += direction.y;
    by.z += direction.z;
  }
  const length = Math.hypot(by.x, by.y, by.z);
  if (length === 0) return view;
  const metres = Math.min(seconds, LONGEST_STEP) * SPEED * pace * view.distance * (fast ? FASTER : 1);
  const scale = metres / length;
  return flown(view, { x: by.x * scale, y: by.y * scale, z: by.z * scale });
}
