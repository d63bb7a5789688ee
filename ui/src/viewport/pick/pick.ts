/** What lies under a ray or in a box, with a tree of boxes in each geometry. */
import {
  Box3,
  Frustum,
  LineSegments,
  Matrix3,
  Matrix4,
  Mesh,
  Plane,
  Points,
  Ray,
  SkinnedMesh,
  Sphere,
  Vector3,
  type BufferGeometry,
  type Intersection,
  type Material,
  type Object3D,
  type Raycaster,
} from "three";
import { MeshBVH } from "three-mesh-bvh";

import type { Shape } from "../content/geometry";

export interface Hit {
  entity: string;
  /** Where, in the world. */
  point: Vector3;
  /** Of the surface there, in the world, towards whoever looks; none of lines and points. */
  normal: Vector3 | undefined;
  /** From where the ray begins. */
  distance: number;
}

/** Something that is drawn once. */
export interface Pickable {
  entity: string;
  geometry: BufferGeometry;
  material: Material;
  shape: Shape;
  /** To the world. */
  matrix: Matrix4;
  /** What draws it, where that bends it (skins, morph targets). */
  object: Object3D | undefined;
}

const trees = new WeakMap<BufferGeometry, MeshBVH>();

/** The tree of a geometry of triangles, made when it is first asked for. */
export function treeOf(geometry: BufferGeometry): MeshBVH {
  let tree = trees.get(geometry);
  if (!tree) trees.set(geometry, (tree = new MeshBVH(geometry, { indirect: true })));
  return tree;
}

const [inverse, local] = [new Matrix4(), new Ray()];

/** Whether a ray may meet something whose geometry stands there: quick, because it is asked of all there is. */
export function mayMeet(
  { boundingSphere }: BufferGeometry,
  matrix: Matrix4,
  { ray, params }: Raycaster,
): boolean {
  if (!boundingSphere) return false;
  const { x, y, z } = boundingSphere.center;
  const m = matrix.elements;
  // Of the longest axis, squared.
  const scale = Math.max(
    m[0] * m[0] + m[1] * m[1] + m[2] * m[2],
    m[4] * m[4] + m[5] * m[5] + m[6] * m[6],
    m[8] * m[8] + m[9] * m[9] + m[10] * m[10],
  );
  const thin = Math.max(params.Line.threshold, params.Points.threshold);
  const radius = boundingSphere.radius * Math.sqrt(scale) + thin;
  const { origin, direction } = ray;
  const ox = m[0] * x + m[4] * y + m[8] * z + m[12] - origin.x;
  const oy = m[1] * x + m[5] * y + m[9] * z + m[13] - origin.y;
  const oz = m[2] * x + m[6] * y + m[10] * z + m[14] - origin.z;
  const along = Math.max(0, ox * direction.x + oy * direction.y + oz * direction.z);
  const px = ox - along * direction.x;
  const py = oy - along * direction.y;
  const pz = oz - along * direction.z;
  return px * px + py * py + pz * pz <= radius * radius;
}

/** Where a ray meets it first; nothing where it does not. */
export function hitsOf(pickable: Pickable, ray: Raycaster): Hit[] {
  const { geometry, material, shape, matrix } = pickable;
  const bent = bentOf(pickable);
  if (bent) return nearest(pickable, ray, bent);
  if (geometry.getAttribute("position").count === 0 || !mayMeet(geometry, matrix, ray)) return [];
  if (shape !== "triangles") {
    const thin = shape === "points" ? new Points(geometry, material) : new LineSegments(geometry, material);
    thin.matrixWorld.copy(matrix);
    return nearest(pickable, ray, thin);
  }
  if (matrix.determinantAffine() === 0) return [];
  local.copy(ray.ray).applyMatrix4(inverse.copy(matrix).invert());
  // Seen from within the geometry a mirror changes nothing: its outside is where glTF has it.
  const hit = treeOf(geometry).raycastFirst(local, material.side);
  if (!hit) return [];
  const point = hit.point.applyMatrix4(matrix);
  const distance = point.distanceTo(ray.ray.origin);
  if (distance < ray.near || distance > ray.far) return [];
  return [{ entity: pickable.entity, point, normal: facing(hit.face?.normal, matrix, ray), distance }];
}

function nearest({ entity }: Pickable, ray: Raycaster, object: Object3D): Hit[] {
  const found: Intersection[] = [];
  object.raycast(ray, found);
  const first = found.sort((a, b) => a.distance - b.distance)[0];
  if (!first) return [];
  const normal = facing(first.face?.normal, object.matrixWorld, ray);
  return [{ entity, point: first.point, normal, distance: first.distance }];
}

function facing(normal: Vector3 | undefined, matrix: Matrix4, ray: Raycaster): Vector3 | undefined {
  // The transposed inverse, which keeps normals upright under uneven scales.
  const turned = normal?.clone().applyNormalMatrix(new Matrix3().getNormalMatrix(matrix));
  return turned && turned.dot(ray.ray.direction) > 0 ? turned.negate() : turned;
}

/** What bends a geometry, with its boxes forgotten: they follow joints and weights. */
function bentOf({ object, geometry }: Pick<Pickable, "geometry" | "object">): Mesh | undefined {
  if (!(object instanceof Mesh)) return undefined;
  if (object instanceof SkinnedMesh) {
    object.skeleton.update();
    object.computeBoundingBox();
    object.boundingSphere = object.boundingBox?.getBoundingSphere(new Sphere()) ?? null;
    return object;
  }
  return Object.keys(geometry.morphAttributes).length > 0 ? object : undefined;
}

/** Widens a box by where it stands in the world. */
export function addBounds(box: Box3, drawn: Pick<Pickable, "geometry" | "object">, matrix: Matrix4): void {
  const { geometry } = drawn;
  const bent = bentOf(drawn);
  if (bent instanceof SkinnedMesh) {
    if (bent.boundingBox) box.union(placed.copy(bent.boundingBox).applyMatrix4(bent.matrixWorld));
  } else if (bent) {
    box.union(exact(bent));
  } else if (geometry.boundingBox && !geometry.boundingBox.isEmpty()) {
    addBox(box, geometry.boundingBox, matrix.elements);
  }
}

const placed = new Box3();

/** The corners of a box come to the middle and, along each axis, as far from it as its edges reach together. */
function addBox({ min, max }: Box3, { min: a, max: b }: Box3, m: Matrix4["elements"]): void {
  const [x, y, z] = [(a.x + b.x) / 2, (a.y + b.y) / 2, (a.z + b.z) / 2];
  const [w, h, d] = [(b.x - a.x) / 2, (b.y - a.y) / 2, (b.z - a.z) / 2];
  const middleX = m[0] * x + m[4] * y + m[8] * z + m[12];
  const middleY = m[1] * x + m[5] * y + m[9] * z + m[13];
  const middleZ = m[2] * x + m[6] * y + m[10] * z + m[14];
  const reachX = Math.abs(m[0]) * w + Math.abs(m[4]) * h + Math.abs(m[8]) * d;
  const reachY = Math.abs(m[1]) * w + Math.abs(m[5]) * h + Math.abs(m[9]) * d;
  const reachZ = Math.abs(m[2]) * w + Math.abs(m[6]) * h + Math.abs(m[10]) * d;
  min.set(
    Math.min(min.x, middleX - reachX),
    Math.min(min.y, middleY - reachY),
    Math.min(min.z, middleZ - reachZ),
  );
  max.set(
    Math.max(max.x, middleX + reachX),
    Math.max(max.y, middleY + reachY),
    Math.max(max.z, middleZ + reachZ),
  );
}

function exact(mesh: Mesh): Box3 {
  const [box, vertex] = [new Box3(), new Vector3()];
  const { count } = mesh.geometry.getAttribute("position");
  for (let at = 0; at < count; at += 1) {
    box.expandByPoint(mesh.getVertexPosition(at, vertex).applyMatrix4(mesh.matrixWorld));
  }
  return box;
}

/** Whether a frustum of the world touches it. */
export function isTouched(pickable: Pickable, frustum: Frustum): boolean {
  const { geometry, matrix, shape } = pickable;
  const bounds = touched.makeEmpty();
  addBounds(bounds, pickable, matrix);
  if (!frustum.intersectsBox(bounds)) return false;
  if (isInside(bounds, frustum) || shape !== "triangles" || bentOf(pickable)) return true;
  if (matrix.determinantAffine() === 0) return true;
  const planes = frustum.planes.map((plane) => plane.clone().applyMatrix4(inverse.copy(matrix).invert()));
  const own = new Frustum(...(planes as [Plane, Plane, Plane, Plane, Plane, Plane]));
  return treeOf(geometry).shapecast({
    intersectsBounds: (box) => own.intersectsBox(box),
    intersectsTriangle: ({ a, b, c }) => isClippedIn([a, b, c], own.planes),
  });
}

const touched = new Box3();

function isInside({ min, max }: Box3, { planes }: Frustum): boolean {
  const corner = new Vector3();
  return planes.every((plane) => {
    const { x, y, z } = plane.normal;
    corner.set(x > 0 ? min.x : max.x, y > 0 ? min.y : max.y, z > 0 ? min.z : max.z);
    return plane.distanceToPoint(corner) >= 0;
  });
}

/** Whether anything of a triangle is left when all planes have cut it. */
function isClippedIn(triangle: readonly Vector3[], planes: readonly Plane[]): boolean {
  let left = triangle;
  for (const plane of planes) {
    const cut: Vector3[] = [];
    left.forEach((from, at) => {
      const to = left[(at + 1) % left.length] ?? from;
      const [here, there] = [plane.distanceToPoint(from), plane.distanceToPoint(to)];
      if (here >= 0) cut.push(from);
      if (here >= 0 !== there >= 0) cut.push(from.clone().lerp(to, here / (here - there)));
    });
    if (cut.length === 0) return false;
    left = cut;
  }
  return true;
}
