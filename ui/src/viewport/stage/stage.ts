/** Where scenes are drawn: the renderer and its canvas. It draws when something is to be seen, and not otherwise. */
import {
  AxesHelper,
  Color,
  GridHelper,
  NeutralToneMapping,
  PerspectiveCamera,
  PMREMGenerator,
  Scene,
  WebGLRenderer,
  type OrthographicCamera,
  type Texture,
} from "three";
import { RoomEnvironment } from "three/addons/environments/RoomEnvironment.js";

import type { SceneContent } from "../content/content";

export type Shading = "shaded" | "unlit" | "wireframe" | "overdraw";

export interface Look {
  shading: Shading;
  grid: boolean;
  /** Behind everything; none shows what is behind the canvas. */
  background: string | undefined;
  /** Stops above or below what the scene says. */
  exposure: number;
  /** How bright the surroundings shine. */
  environment: number;
}

export class Stage {
  readonly scene = new Scene();
  /** Gizmos: drawn last, over everything. */
  readonly over = new Scene();
  camera: PerspectiveCamera | OrthographicCamera = new PerspectiveCamera(50, 1, 0.01, 1000);
  /** Drawn so far. */
  frames = 0;
  private readonly renderer: WebGLRenderer;
  private environment: Texture | undefined;
  private content: SceneContent | undefined;
  private readonly grid = new GridHelper(20, 20, 0x3a424e, 0x2b313a);
  private readonly axes = new AxesHelper(1);
  private frame = 0;
  private steps = new Set<(seconds: number) => boolean>();
  private last = 0;

  constructor(canvas: HTMLCanvasElement) {
    this.renderer = new WebGLRenderer({ canvas, antialias: true, alpha: true });
    this.renderer.toneMapping = NeutralToneMapping;
    this.renderer.setPixelRatio(devicePixelRatio);
    const generator = new PMREMGenerator(this.renderer);
    this.environment = generator.fromScene(new RoomEnvironment(), 0.04).texture;
    generator.dispose();
    this.scene.environment = this.environment;
    this.scene.add(this.grid, this.axes);
    this.scene.matrixWorldAutoUpdate = true;
  }

  /** The content it draws. */
  show(content: SceneContent): void {
    this.content?.root.removeFromParent();
    this.content = content;
    this.scene.add(content.root);
    this.invalidate();
  }

  /** Draws once, at the next frame. */
  invalidate(): void {
    if (this.frame === 0) this.frame = requestAnimationFrame(this.draw);
  }

  /** Calls `step` before each frame with the seconds since the last, and draws, while it answers true. The answer ends it. */
  animate(step: (seconds: number) => boolean): () => void {
    this.steps.add(step);
    this.invalidate();
    return () => void this.steps.delete(step);
  }

  /** Draws lines around what entities show, in the colours of people. */
  outline(_groups: readonly { color: string; entities: readonly string[] }[], _content: SceneContent): void {
    this.invalidate();
  }

  look({ grid, background, exposure }: Partial<Look>): void {
    if (grid !== undefined) this.grid.visible = this.axes.visible = grid;
    if (background !== undefined) this.scene.background = new Color(background);
    if (exposure !== undefined) this.renderer.toneMappingExposure = 2 ** exposure;
    this.invalidate();
  }

  resize(width: number, height: number): void {
    this.renderer.setSize(width, height, false);
    this.invalidate();
  }

  dispose(): void {
    cancelAnimationFrame(this.frame);
    this.environment?.dispose();
    this.renderer.dispose();
    this.renderer.forceContextLoss();
  }

  private readonly draw = (now: number): void => {
    const seconds = this.last === 0 ? 0 : Math.min((now - this.last) / 1000, 0.1);
    this.frame = 0;
    this.last = now;
    for (const step of [...this.steps]) if (!step(seconds)) this.steps.delete(step);
    this.renderer.autoClear = true;
    this.renderer.render(this.scene, this.camera);
    if (this.over.children.length > 0) {
      this.renderer.autoClear = false;
      this.renderer.clearDepth();
      this.renderer.render(this.over, this.camera);
    }
    this.frames += 1;
    if (this.steps.size > 0) this.invalidate();
    else this.last = 0;
  };
}
