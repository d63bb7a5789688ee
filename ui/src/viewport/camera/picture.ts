/** The picture that a camera makes: from the world into pixels, and from pixels into the world. */
import { Frustum, Matrix4, OrthographicCamera, PerspectiveCamera, Ray, Vector2, Vector3 } from "three";
import type { Raycaster } from "three";

import type { At, PictureSize } from "./view";

export class Picture {
  constructor(
    readonly camera: PerspectiveCamera | OrthographicCamera,
    readonly size: PictureSize,
  ) {}

  /** Where a point is seen; undefined behind the eye. */
  at(point: Vector3): At | undefined {
    const seen = point.clone().applyMatrix4(this.camera.matrixWorldInverse);
    if (this.isPerspective && seen.z > -1e-9) return undefined;
    seen.applyMatrix4(this.camera.projectionMatrix);
    return { x: ((seen.x + 1) / 2) * this.size.width, y: ((1 - seen.y) / 2) * this.size.height };
  }

  /** A place as the device coordinates of three: -1 to 1, upward. */
  device({ x, y }: At): Vector2 {
    const { width, height } = this.size;
    return new Vector2((x / Math.max(width, 1)) * 2 - 1, 1 - (y / Math.max(height, 1)) * 2);
  }

  /** From the eye through a place. */
  ray(at: At): Ray {
    const { x, y } = this.device(at);
    const through = new Vector3(x, y, 0.5).unproject(this.camera);
    if (!this.isPerspective) return new Ray(new Vector3(x, y, -1).unproject(this.camera), this.forward);
    const eye = new Vector3().setFromMatrixPosition(this.camera.matrixWorld);
    return new Ray(eye, through.sub(eye).normalize());
  }

  /** Aims a caster of three at a place. */
  aim(caster: Raycaster, at: At): Raycaster {
    caster.setFromCamera(this.device(at), this.camera);
    return caster;
  }

  /** What is seen in a rectangle between two corners. */
  frustum(a: At, b: At): Frustum {
    const [from, to] = [this.device(a), this.device(b)];
    const part = (low: number, high: number) => {
      const width = Math.max(Math.abs(high - low), 1e-6);
      return { scale: 2 / width, shift: -(low + high) / width };
    };
    const [x, y] = [part(from.x, to.x), part(from.y, to.y)];
    // prettier-ignore
    const cut = new Matrix4().set(x.scale, 0, 0, x.shift, 0, y.scale, 0, y.shift, 0, 0, 1, 0, 0, 0, 0, 1);
    const { projectionMatrix, matrixWorldInverse } = this.camera;
    return new Frustum().setFromProjectionMatrix(cut.multiply(projectionMatrix).multiply(matrixWorldInverse));
  }

  /** How many metres a pixel is as far away as a point. */
  metresPerPixel(point: Vector3): number {
    const { camera } = this;
    const height = Math.max(this.size.height, 1);
    if (camera instanceof OrthographicCamera) return (camera.top - camera.bottom) / camera.zoom / height;
    const depth = -point.clone().applyMatrix4(camera.matrixWorldInverse).z;
    return (2 * Math.max(depth, camera.near) * Math.tan((camera.fov * Math.PI) / 360)) / height;
  }

  /** From a point towards the eye. */
  towardEye(point: Vector3): Vector3 {
    if (!this.isPerspective) return this.forward.negate();
    return new Vector3().setFromMatrixPosition(this.camera.matrixWorld).sub(point).normalize();
  }

  /** Where the middle of the picture looks. */
  get forward(): Vector3 {
    return new Vector3(0, 0, -1).transformDirection(this.camera.matrixWorld);
  }

  private get isPerspective(): boolean {
    return this.camera instanceof PerspectiveCamera;
  }
}
