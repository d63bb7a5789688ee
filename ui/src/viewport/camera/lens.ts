/** The cameras that a view is drawn with. */
import { Matrix4, OrthographicCamera, PerspectiveCamera, Vector3 } from "three";

import type { RecordData } from "../../ipc/types";
import { FIELD_OF_VIEW, poseOf } from "./view";
import type { PictureSize, View } from "./view";

/** What a scene's camera says of its picture, as glTF does: angles in radians, lengths in metres. */
export interface Lens {
  readonly projection: "perspective" | "orthographic";
  readonly yfov: number;
  /** Half of the picture's height. */
  readonly ymag: number;
  readonly near: number;
  readonly far: number;
}

/** What a camera's record says; what it lacks or spoils reads as a default, because it is shown whatever it says. */
export function lensOf(camera: RecordData): Lens {
  const number = (field: string, fallback: number) => {
    const value = camera[field];
    return typeof value === "number" && isFinite(value) && value > 0 ? value : fallback;
  };
  const near = number("znear", 0.01);
  return {
    projection: camera.projection === "orthographic" ? "orthographic" : "perspective",
    yfov: Math.min(number("yfov", 0.8), 3.1),
    ymag: number("ymag", 1),
    near,
    far: Math.max(number("zfar", 10_000), near * 2),
  };
}

/** How many times farther than the target is still drawn at least. */
const DEPTH = 200;

/** The two cameras of a viewport; which of them draws follows from the view. */
export class Eye {
  private readonly perspective = new PerspectiveCamera();
  private readonly orthographic = new OrthographicCamera();

  /** Looks at a scene that reaches as far as `reach` metres from the target. */
  look(view: View, { width, height }: PictureSize, reach: number): PerspectiveCamera | OrthographicCamera {
    const far = view.distance * 2 + Math.max(reach * 2, view.distance * DEPTH);
    const halfHeight = view.distance * Math.tan(FIELD_OF_VIEW / 2);
    return this.show(poseOf(view), width / Math.max(height, 1), {
      projection: view.projection,
      yfov: FIELD_OF_VIEW,
      ymag: halfHeight,
      // Without perspective nothing is behind the eye.
      near: view.projection === "perspective" ? view.distance / 100 : -far,
      far,
    });
  }

  /** Looks through a camera of the scene. */
  lookThrough(pose: Matrix4, lens: Lens, { width, height }: PictureSize) {
    // Scale is no part of where a camera looks.
    const [x, y, z] = [new Vector3(), new Vector3(), new Vector3()];
    pose.extractBasis(x, y, z);
    const upright = new Matrix4().makeBasis(x.normalize(), y.normalize(), z.normalize()).copyPosition(pose);
    return this.show(upright, width / Math.max(height, 1), lens);
  }

  private show(pose: Matrix4, aspect: number, lens: Lens): PerspectiveCamera | OrthographicCamera {
    const { near, far, ymag } = lens;
    if (lens.projection === "perspective") {
      Object.assign(this.perspective, { fov: (lens.yfov * 180) / Math.PI, aspect, near, far });
    } else {
      const [right, top] = [ymag * aspect, ymag];
      Object.assign(this.orthographic, { left: -right, right, top, bottom: -top, near, far });
    }
    const camera = lens.projection === "perspective" ? this.perspective : this.orthographic;
    pose.decompose(camera.position, camera.quaternion, camera.scale);
    camera.updateMatrixWorld();
    camera.updateProjectionMatrix();
    return camera;
  }
}
