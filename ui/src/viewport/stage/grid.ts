/** The ground: lines whose distance follows how near one looks, fading away from there, with the axes X and Z. */
import {
  BufferGeometry,
  Color,
  Float32BufferAttribute,
  LineBasicMaterial,
  LineSegments,
  Vector3,
} from "three";
import { OrthographicCamera, type PerspectiveCamera } from "three";

const HALF = 50;
const PIECES = 10;
const [MINOR, MAJOR, X_AXIS, Z_AXIS] = [0x2b313a, 0x3a424e, 0x9c3a44, 0x3a62a8].map((hex) => new Color(hex));

export class Grid {
  readonly lines: LineSegments<BufferGeometry, LineBasicMaterial>;
  private readonly axes: LineSegments<BufferGeometry, LineBasicMaterial>;
  private readonly ground = new Vector3();

  constructor() {
    const material = new LineBasicMaterial({
      vertexColors: true,
      transparent: true,
      depthWrite: false,
      toneMapped: false,
    });
    this.lines = new LineSegments(gridGeometry(), material);
    this.axes = new LineSegments(axesGeometry(), material);
    for (const each of [this.lines, this.axes]) {
      each.matrixAutoUpdate = each.matrixWorldAutoUpdate = false;
      each.frustumCulled = false;
      each.renderOrder = -1;
    }
    this.lines.add(this.axes);
  }

  /** Lays the lines where a camera looks. */
  follow(camera: PerspectiveCamera | OrthographicCamera): void {
    const eye = this.ground.setFromMatrixPosition(camera.matrixWorld);
    const height =
      camera instanceof OrthographicCamera ? (camera.top - camera.bottom) / camera.zoom : Math.abs(eye.y) * 2;
    const step = 10 ** Math.floor(Math.log10(Math.max(height, 1e-3) / 2));
    const snap = (value: number) => Math.round(value / (10 * step)) * 10 * step;
    this.lines.matrixWorld.makeScale(step, 1, step).setPosition(snap(eye.x), 0, snap(eye.z));
    this.axes.matrixWorld.makeScale(step, 1, step);
  }

  dispose(): void {
    this.lines.geometry.dispose();
    this.axes.geometry.dispose();
    this.lines.material.dispose();
  }
}

function gridGeometry(): BufferGeometry {
  const [positions, colors]: [number[], number[]] = [[], []];
  for (let at = -HALF; at <= HALF; at += 1) {
    const color = at % 10 === 0 ? MAJOR : MINOR;
    for (let piece = 0; piece < PIECES; piece += 1) {
      const [from, to] = [piece, piece + 1].map((edge) => (edge / PIECES) * 2 * HALF - HALF) as [
        number,
        number,
      ];
      for (const [x, z] of [
        [from, at],
        [to, at],
        [at, from],
        [at, to],
      ] as const) {
        positions.push(x, 0, z);
        colors.push(...(color ?? new Color()).toArray(), faded(Math.hypot(x, z) / HALF));
      }
    }
  }
  return geometryOf(positions, colors);
}

function axesGeometry(): BufferGeometry {
  const [positions, colors]: [number[], number[]] = [[], []];
  const long = HALF * 100;
  positions.push(-long, 0, 0, long, 0, 0, 0, 0, -long, 0, 0, long);
  for (const color of [X_AXIS, X_AXIS, Z_AXIS, Z_AXIS]) colors.push(...(color ?? new Color()).toArray(), 1);
  return geometryOf(positions, colors);
}

function geometryOf(positions: readonly number[], colors: readonly number[]): BufferGeometry {
  const geometry = new BufferGeometry();
  geometry.setAttribute("position", new Float32BufferAttribute(positions, 3));
  geometry.setAttribute("color", new Float32BufferAttribute(colors, 4));
  return geometry;
}

const faded = (distance: number) => Math.max(0, 1 - distance) ** 0.7;
