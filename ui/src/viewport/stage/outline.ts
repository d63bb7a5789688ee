/** Lines around what entities show: they are drawn in one colour apart, and where that ends there is a line. */
import {
  Box3,
  BufferGeometry,
  Color,
  Float32BufferAttribute,
  InstancedMesh,
  Matrix4,
  Mesh,
  MeshBasicMaterial,
  OrthographicCamera,
  PerspectiveCamera,
  Scene,
  ShaderMaterial,
  SkinnedMesh,
  Vector2,
  Vector3,
  WebGLRenderTarget,
  type Material,
  type WebGLRenderer,
} from "three";

import type { SceneContent } from "../content/content";
import type { DrawnPart } from "../content/drawn";

export interface OutlineGroup {
  /** As CSS has it. */
  color: string;
  entities: readonly string[];
}

/** How wide lines are, in CSS pixels. */
const WIDTH = 1.5;

interface Region {
  x: number;
  y: number;
  width: number;
  height: number;
}

export class Outline {
  private groups: readonly OutlineGroup[] = [];
  private content: SceneContent | undefined;
  private readonly scene = new Scene();
  private readonly colors = new Map<string, MeshBasicMaterial>();
  private readonly mask = new WebGLRenderTarget(1, 1);
  private readonly edges: Mesh<BufferGeometry, ShaderMaterial>;
  private readonly screen = new OrthographicCamera(-1, 1, 1, -1, 0, 1);
  /** The content's revision that the scene is made of. */
  private made = -1;
  private readonly box = new Box3();

  constructor() {
    const whole = new BufferGeometry();
    whole.setAttribute("position", new Float32BufferAttribute([-1, -1, 0, 3, -1, 0, -1, 3, 0], 3));
    const material = new ShaderMaterial({
      uniforms: { mask: { value: this.mask.texture }, step: { value: new Vector2() } },
      vertexShader:
        "varying vec2 at; void main() { at = position.xy * 0.5 + 0.5; gl_Position = vec4(position, 1.0); }",
      fragmentShader: EDGES,
      transparent: true,
      depthTest: false,
      depthWrite: false,
      toneMapped: false,
    });
    this.edges = new Mesh(whole, material);
    this.edges.frustumCulled = false;
    this.scene.matrixWorldAutoUpdate = false;
  }

  set(groups: readonly OutlineGroup[], content: SceneContent): void {
    this.groups = groups.filter(({ entities }) => entities.length > 0);
    this.content = content;
    this.made = -1;
  }

  draw(renderer: WebGLRenderer, camera: PerspectiveCamera | OrthographicCamera): void {
    if (this.groups.length === 0 || !this.content) return;
    if (this.made !== this.content.revision) this.make(this.content);
    if (this.scene.children.length === 0) return;
    const size = renderer.getDrawingBufferSize(new Vector2());
    const region = regionOf(this.box, camera, size);
    if (!region) return;
    if (this.mask.width !== size.x || this.mask.height !== size.y) this.mask.setSize(size.x, size.y);
    const { autoClear } = renderer;
    const clear = renderer.getClearColor(new Color());
    const alpha = renderer.getClearAlpha();
    renderer.autoClear = false;
    renderer.setClearColor(0x000000, 0);
    this.mask.scissorTest = true;
    this.mask.scissor.set(region.x, region.y, region.width, region.height);
    renderer.setRenderTarget(this.mask);
    renderer.clear();
    renderer.render(this.scene, camera);
    renderer.setRenderTarget(null);
    const ratio = renderer.getPixelRatio();
    this.edges.material.uniforms.step?.value.set((WIDTH * ratio) / size.x, (WIDTH * ratio) / size.y);
    renderer.setScissorTest(true);
    renderer.setScissor(region.x / ratio, region.y / ratio, region.width / ratio, region.height / ratio);
    renderer.render(this.edges, this.screen);
    renderer.setScissorTest(false);
    renderer.setClearColor(clear, alpha);
    renderer.autoClear = autoClear;
  }

  dispose(): void {
    this.empty();
    for (const material of this.colors.values()) material.dispose();
    this.mask.dispose();
    this.edges.geometry.dispose();
    this.edges.material.dispose();
  }

  private make(content: SceneContent): void {
    this.empty();
    this.box.makeEmpty();
    for (const { color, entities } of this.groups) {
      const material = this.materialOf(color);
      const alike = new Map<BufferGeometry, Matrix4[]>();
      for (const { part, matrix } of content.partsOf(content.world.below(entities))) {
        if (part.shape !== "triangles") continue;
        const bent = bentTwin(part, material, matrix);
        if (bent) this.scene.add(bent);
        const each = bent
          ? []
          : (part.instances ?? [IDENTITY]).map((inner) => matrix.clone().multiply(inner));
        const others = alike.get(part.geometry);
        if (others) others.push(...each);
        else alike.set(part.geometry, each);
      }
      for (const [geometry, matrices] of alike) this.addAlike(geometry, material, matrices);
      this.box.union(content.bounds(entities));
    }
    this.made = content.revision;
  }

  private addAlike(geometry: BufferGeometry, material: Material, matrices: readonly Matrix4[]): void {
    if (matrices.length === 0) return;
    const many = new InstancedMesh(geometry, material, matrices.length);
    matrices.forEach((matrix, at) => many.setMatrixAt(at, matrix));
    many.frustumCulled = false;
    many.matrixAutoUpdate = many.matrixWorldAutoUpdate = false;
    this.scene.add(many);
  }

  private materialOf(color: string): MeshBasicMaterial {
    let material = this.colors.get(color);
    if (!material) {
      material = new MeshBasicMaterial({
        color: new Color(color),
        toneMapped: false,
        side: 2,
        depthTest: false,
      });
      this.colors.set(color, material);
    }
    return material;
  }

  private empty(): void {
    for (const child of [...this.scene.children]) {
      child.removeFromParent();
      if (child instanceof InstancedMesh) child.dispose();
    }
  }
}

const IDENTITY = new Matrix4();

/** A mesh that bends as the part does; nothing where that does not bend. */
function bentTwin({ object, geometry }: DrawnPart, material: Material, matrix: Matrix4): Mesh | undefined {
  let twin: Mesh | undefined;
  if (object instanceof SkinnedMesh) {
    const skinned = new SkinnedMesh(geometry, material);
    skinned.bind(object.skeleton, object.bindMatrix);
    twin = skinned;
  } else if (object instanceof Mesh && object.morphTargetInfluences?.length) {
    twin = new Mesh(geometry, material);
    twin.matrixWorld.copy(matrix);
  }
  if (!twin) return undefined;
  if (object instanceof Mesh && object.morphTargetInfluences) {
    twin.morphTargetInfluences = object.morphTargetInfluences;
  }
  twin.frustumCulled = false;
  twin.matrixAutoUpdate = twin.matrixWorldAutoUpdate = false;
  return twin;
}

/** Where a box is in the picture, in pixels from its lower left, with room for a line; nothing where it is not. */
function regionOf(
  box: Box3,
  camera: PerspectiveCamera | OrthographicCamera,
  size: Vector2,
): Region | undefined {
  const whole = { x: 0, y: 0, width: size.x, height: size.y };
  const [least, most] = [new Vector2(Infinity, Infinity), new Vector2(-Infinity, -Infinity)];
  const corner = new Vector3();
  for (let at = 0; at < 8; at += 1) {
    corner.set(
      at & 1 ? box.max.x : box.min.x,
      at & 2 ? box.max.y : box.min.y,
      at & 4 ? box.max.z : box.min.z,
    );
    corner.applyMatrix4(camera.matrixWorldInverse);
    // Reaches behind the eye.
    if (camera instanceof PerspectiveCamera && corner.z > -camera.near) return whole;
    corner.applyMatrix4(camera.projectionMatrix);
    const pixel = new Vector2(((corner.x + 1) / 2) * size.x, ((corner.y + 1) / 2) * size.y);
    least.min(pixel);
    most.max(pixel);
  }
  const room = 8;
  const [left, bottom] = [Math.max(0, Math.floor(least.x) - room), Math.max(0, Math.floor(least.y) - room)];
  const [right, top] = [
    Math.min(size.x, Math.ceil(most.x) + room),
    Math.min(size.y, Math.ceil(most.y) + room),
  ];
  return right > left && top > bottom
    ? { x: left, y: bottom, width: right - left, height: top - bottom }
    : undefined;
}

const EDGES = `
uniform sampler2D mask;
uniform vec2 step;
varying vec2 at;
void main() {
  if (texture2D(mask, at).a > 0.5) discard;
  vec4 found = vec4(0.0);
  for (int x = -1; x <= 1; x += 1) {
    for (int y = -1; y <= 1; y += 1) {
      vec4 near = texture2D(mask, at + vec2(float(x), float(y)) * step);
      found = near.a > found.a ? near : found;
    }
  }
  if (found.a < 0.5) discard;
  gl_FragColor = vec4(found.rgb, 1.0);
  #include <colorspace_fragment>
}
`;
