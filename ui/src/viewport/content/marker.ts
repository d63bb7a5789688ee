/** Signs for cameras and lights, which draw nothing themselves: always as large in the picture, and picked like things. */
import {
  BufferGeometry,
  Float32BufferAttribute,
  LineBasicMaterial,
  LineSegments,
  Matrix4,
  OrthographicCamera,
  PerspectiveCamera,
  Vector3,
  type Camera,
  type Raycaster,
} from "three";

import type { Rule } from "./derivation";

/** The layer of signs: cameras that do not see it see the scene as players do. */
export const MARKERS = 1;

/** How much of the picture's height a sign takes. */
const SHARE = 0.03;

export type MarkerKind = "camera" | "directional" | "point" | "spot";

export interface MarkerLook {
  geometry: BufferGeometry;
  material: LineBasicMaterial;
}

/** What a sign looks like. Key: its {@link MarkerKind}. */
export const MARKER: Rule<MarkerLook> = {
  name: "marker",
  level: 0,
  make(kind) {
    const geometry = new BufferGeometry();
    const points = LOOKS[kind as MarkerKind]();
    geometry.setAttribute("position", new Float32BufferAttribute(points, 3));
    const color = kind === "camera" ? 0xb4bcc8 : 0xe3b341;
    return { geometry, material: new LineBasicMaterial({ color, toneMapped: false }) };
  },
  drop({ geometry, material }) {
    geometry.dispose();
    material.dispose();
  },
};

const [place, axis] = [new Vector3(), new Vector3()];

/** A sign of one entity: it stands and looks as that does, whatever its scale. */
export class Marker extends LineSegments<BufferGeometry, LineBasicMaterial> {
  private readonly stand = new Matrix4();

  constructor({ geometry, material }: MarkerLook) {
    super(geometry, material);
    this.matrixAutoUpdate = this.matrixWorldAutoUpdate = false;
    this.frustumCulled = false;
    this.layers.set(MARKERS);
  }

  place(matrix: Matrix4): void {
    this.stand.extractRotation(matrix).copyPosition(matrix);
  }

  override onBeforeRender = (_renderer: unknown, _scene: unknown, camera: Camera): void => {
    const size = sizeFor(camera, place.setFromMatrixPosition(this.stand));
    this.matrixWorld.copy(this.stand).scale(axis.setScalar(size));
  };

  /** How far along a ray it is met, as large as the ray's camera sees it; undefined where it is not. */
  meets({ ray, camera, near, far }: Raycaster): number | undefined {
    place.setFromMatrixPosition(this.stand);
    if (!camera || ray.distanceToPoint(place) > sizeFor(camera, place)) return undefined;
    const distance = place.sub(ray.origin).dot(ray.direction);
    return distance >= near && distance <= far ? distance : undefined;
  }
}

/** Metres that make {@link SHARE} of the picture's height at a place. */
function sizeFor(camera: Camera, at: Vector3): number {
  if (camera instanceof OrthographicCamera) return ((camera.top - camera.bottom) / camera.zoom) * SHARE;
  const depth = -axis.copy(at).applyMatrix4(camera.matrixWorldInverse).z;
  const fov = camera instanceof PerspectiveCamera ? camera.fov : 50;
  return 2 * Math.max(depth, 0) * Math.tan((fov * Math.PI) / 360) * SHARE;
}

type Points = number[];
const line = (...points: (readonly [number, number, number])[]): Points =>
  points.slice(1).flatMap((to, at) => [...(points[at] ?? to), ...to]);

function circle(radius: number, z: number, pieces = 20): Points {
  const at = (piece: number): [number, number, number] => {
    const angle = (piece / pieces) * 2 * Math.PI;
    return [Math.cos(angle) * radius, Math.sin(angle) * radius, z];
  };
  return line(...Array.from({ length: pieces + 1 }, (_, piece) => at(piece)));
}

/** Of about one metre; they look along -Z. */
const LOOKS: Readonly<Record<MarkerKind, () => Points>> = {
  camera() {
    const [w, h, z] = [0.8, 0.55, -1.2];
    const corners = [
      [w, h, z],
      [-w, h, z],
      [-w, -h, z],
      [w, -h, z],
    ] as [number, number, number][];
    return [
      ...line(...corners, [w, h, z]),
      ...corners.flatMap((corner) => line([0, 0, 0], corner)),
      // Which way is up.
      ...line([-0.35, h + 0.1, z], [0.35, h + 0.1, z], [0, h + 0.5, z], [-0.35, h + 0.1, z]),
    ];
  },
  directional: () => [
    ...circle(0.5, 0),
    ...[0, 1, 2, 3, 4, 5].flatMap((ray) => {
      const angle = (ray / 6) * 2 * Math.PI;
      const [x, y] = [Math.cos(angle) * 0.5, Math.sin(angle) * 0.5];
      return line([x, y, 0], [x, y, -1.4]);
    }),
  ],
  point: () => [
    ...circle(0.4, 0),
    ...[0, 1, 2, 3, 4, 5, 6, 7].flatMap((ray) => {
      const angle = (ray / 8) * 2 * Math.PI;
      const [x, y] = [Math.cos(angle), Math.sin(angle)];
      return line([x * 0.55, y * 0.55, 0], [x * 0.85, y * 0.85, 0]);
    }),
    ...line([0, 0, 0.55], [0, 0, 0.85]),
    ...line([0, 0, -0.55], [0, 0, -0.85]),
  ],
  spot: () => [
    ...circle(0.6, -1.3),
    ...line([0, 0, 0], [0.6, 0, -1.3]),
    ...line([0, 0, 0], [-0.6, 0, -1.3]),
    ...line([0, 0, 0], [0, 0.6, -1.3]),
    ...line([0, 0, 0], [0, -0.6, -1.3]),
  ],
};
