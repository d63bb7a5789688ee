/** The others in this scene: from where they look, and where what they drag would stand, with their names. */
import { Vector3 } from "three";

import { colorStyle } from "../../../presence/Avatar";
import { usePeer } from "../../../presence/peers";
import { useOthers } from "../../../presence/useOthers";
import type { Other } from "../../../presence/useOthers";
import type { Picture } from "../../../viewport/camera/picture";
import { readView } from "../../../viewport/camera/view";
import type { At } from "../../../viewport/camera/view";
import { useViewState } from "./context";
import { EDGES, eyeSign, ghostCorners, ghostsIn, topOf } from "./together";
import type { Viewer } from "./viewer";

const NOWHERE = new Vector3();

export function OthersLayer({ viewer }: { viewer: Viewer }) {
  const here = useOthers().filter((other) => other.document === viewer.document);
  if (here.length === 0) return null;
  return (
    <div className="scene-others" aria-hidden="true">
      {here.map((other) => (
        <Person key={other.replica} viewer={viewer} other={other} />
      ))}
    </div>
  );
}

function Person({ viewer, other: { replica, name, color } }: { viewer: Viewer; other: Other }) {
  // Drawn anew when one looks from elsewhere, or things stand elsewhere.
  useViewState(({ view, size, revision }) => ({ view, size, revision }));
  const eye = usePeer(replica, ({ presence }) => presence.shown["eye"]);
  const ghosts = usePeer(replica, ({ presence }) => presence.shown["ghosts"]);
  const picture = viewer.picture();
  const view = readView(eye);
  const sign = view?.through === null ? eyeSign(view) : undefined;
  const boxes = ghostsIn(ghosts).flatMap(({ id, matrix }) => {
    const now = viewer.content.world.matrix(id);
    const corners = now ? ghostCorners(viewer.content.bounds([id]), now, matrix) : [];
    return corners.length > 0 ? [{ id, corners }] : [];
  });
  const [named] = boxes;
  const nameAt = picture.at(named ? topOf(named.corners) : (sign?.eye ?? NOWHERE));
  const isNamed = (named !== undefined || sign !== undefined) && nameAt !== undefined;
  return (
    <div style={colorStyle(color)}>
      <svg>
        {sign && <EyeSign picture={picture} {...sign} />}
        {boxes.map(({ id, corners }) =>
          EDGES.map(([a, b]) => (
            <Edge key={`${id} ${a} ${b}`} ends={[corners[a], corners[b]]} picture={picture} />
          )),
        )}
      </svg>
      {isNamed && (
        <span className="scene-other-name" style={{ transform: `translate(${nameAt.x}px, ${nameAt.y}px)` }}>
          {named ? `${name}: ${viewer.nameOf(named.id)}` : name}
        </span>
      )}
    </div>
  );
}

interface EyeSignProps {
  picture: Picture;
  eye: Vector3;
  corners: readonly Vector3[];
}

function EyeSign({ picture, eye, corners }: EyeSignProps) {
  return (
    <>
      {corners.map((corner, at) => (
        <Edge key={at} ends={[eye, corner]} picture={picture} />
      ))}
      {corners.map((corner, at) => (
        <Edge key={at} ends={[corner, corners[(at + 1) % corners.length]]} picture={picture} />
      ))}
    </>
  );
}

/** A line in the world, where both its ends are before the eye. */
function Edge({ ends, picture }: { ends: readonly (Vector3 | undefined)[]; picture: Picture }) {
  const [a, b] = ends.map((end): At | undefined => end && picture.at(end));
  return a && b ? <line x1={a.x} y1={a.y} x2={b.x} y2={b.y} /> : null;
}
