/** What the parts of one canvas share, handed down once; nothing in it changes while the canvas is mounted. */

import { createContext, useContext } from "react";
import { useStore } from "zustand";

import type { CanvasState, CanvasStore } from "../canvas/state";
import type { Surroundings } from "../gestures/pointer";
import type { Point, Rect } from "../model/records";
import type { Viewport } from "../canvas/viewport";

export interface Editor extends Surroundings {
  document: string;
  store: CanvasStore;
  /** Looks elsewhere; smoothly unless the person prefers reduced motion. */
  look: (viewport: Viewport, smooth?: boolean) => void;
  /** Looks where the person looks who is followed; anything else that changes the view ends following. */
  lookAlong: (viewport: Viewport) => void;
  /** Brings the rectangle into view whole. */
  frame: (rect: Rect | undefined) => void;
  /** Where a place of the canvas element is on the page. */
  onPage: (screen: Point) => Point;
  /** Gives the keyboard back to the canvas. */
  focus: () => void;
  /** Where the pointer is on the canvas element, while it is. */
  pointer: () => Point | undefined;
  /** Tells the person why something did not happen. */
  complain: (message: string) => void;
}

export const EditorContext = createContext<Editor | null>(null);

export function useEditor(): Editor {
  const editor = useContext(EditorContext);
  if (!editor) throw new Error("A part of the canvas stands outside of it.");
  return editor;
}

export function useCanvas<T>(select: (state: CanvasState) => T): T {
  return useStore(useEditor().store, select);
}
