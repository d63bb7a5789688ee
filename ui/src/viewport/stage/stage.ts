/** Where scenes are drawn: the renderer and its canvas. It draws when something is to be seen, and not otherwise. */
import {
  Color,
  PerspectiveCamera,
  Scene,
  WebGLRenderer,
  type OrthographicCamera,
  type WebGLRenderTarget,
} from "three";

import { MARKERS, type SceneContent } from "../content/content";
import { Frames, type Step } from "./frames";
import { Grid } from "./grid";
import { Outline, type OutlineGroup } from "./outline";
import { Shadings, type Shading } from "./shading";
import { castShadows } from "./shadows";
import { applyLooks } from "./looks";
import { studio } from "./studio";

export type { OutlineGroup } from "./outline";
export type { Shading } from "./shading";

export interface Look {
  shading: Shading;
  /** Lines on the ground, and axes. */
  grid: boolean;
  /** Cameras and lights as signs that can be picked. */
  markers: boolean;
  /** Behind everything, as CSS has colours; none shows what is behind the canvas. */
  background: string | undefined;
  /** Stops above or below what the scene says. */
  exposure: number;
}

export class Stage {
  readonly scene = new Scene();
  /** Gizmos: drawn last, over everything. */
  readonly over = new Scene();
  camera: PerspectiveCamera | OrthographicCamera = new PerspectiveCamera(50, 1, 0.01, 1000);
  private readonly renderer: WebGLRenderer;
  private readonly frame: Frames;
  private readonly grid = new Grid();
  private readonly lines = new Outline();
  private readonly shadings = new Shadings();
  private surroundings: WebGLRenderTarget;
  private content: SceneContent | undefined;
  /** The content's revision that shadows show. */
  private shadowed = -1;
  private size = { width: 1, height: 1 };
  private ratio = 0;
  private showsMarkers = true;
  /** Of the one who looks: how much brighter than the scene asks for. */
  private stops = 0;
  private isLost = false;

  /**
   * Throws where the machine cannot draw. `lost` hears that it cannot draw any more, which a graphics card's driver may decide
   * at any time, and that it can again: then everything is as it was.
   */
  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly lost: (isLost: boolean) => void = () => undefined,
  ) {
    this.renderer = new WebGLRenderer({ canvas, antialias: true, alpha: true });
    this.renderer.shadowMap.enabled = true;
    this.renderer.shadowMap.autoUpdate = false;
    this.renderer.info.autoReset = false;
    this.surroundings = studio(this.renderer);
    this.scene.environment = this.surroundings.texture;
    this.scene.add(this.grid.lines);
    canvas.addEventListener("webglcontextlost", this.onLost);
    canvas.addEventListener("webglcontextrestored", this.onRestored);
    this.frame = new Frames({
      request: (draw) => requestAnimationFrame(draw),
      cancel: (request) => cancelAnimationFrame(request),
      draw: (isCoarse) => this.draw(isCoarse),
    });
  }

  /** Drawn so far. */
  get frames(): number {
    return this.frame.count;
  }

  /** What the graphics card holds for it, and how much the last frame drew. */
  get info(): WebGLRenderer["info"] {
    return this.renderer.info;
  }

  /** The content it draws. */
  show(content: SceneContent): void {
    if (this.content !== content) this.content?.root.removeFromParent();
    this.content = content;
    this.shadowed = -1;
    this.scene.add(content.root);
    this.invalidate();
  }

  /** Draws once, at the next frame. */
  invalidate(): void {
    this.frame.invalidate();
  }

  /** Calls `step` before each frame with the seconds since the last, and draws, while it answers true. The answer ends it. */
  animate(step: Step): () => void {
    return this.frame.animate(step);
  }

  /** Draws lines around what entities and those below them show. */
  outline(groups: readonly OutlineGroup[], content: SceneContent): void {
    this.lines.set(groups, content);
    this.invalidate();
  }

  look({ shading, grid, markers, background, exposure }: Partial<Look>): void {
    if (shading !== undefined) this.shadings.shading = shading;
    if (grid !== undefined) this.grid.lines.visible = grid;
    if (markers !== undefined) this.showsMarkers = markers;
    if (background !== undefined) this.scene.background = new Color(background);
    if (exposure !== undefined) this.stops = exposure;
    this.invalidate();
  }

  /** In CSS pixels. */
  resize(width: number, height: number): void {
    this.size = { width: Math.max(width, 1), height: Math.max(height, 1) };
    this.ratio = 0;
    this.invalidate();
  }

  dispose(): void {
    this.canvas.removeEventListener("webglcontextlost", this.onLost);
    this.canvas.removeEventListener("webglcontextrestored", this.onRestored);
    this.frame.dispose();
    this.content?.root.removeFromParent();
    this.lines.dispose();
    this.shadings.dispose();
    this.grid.dispose();
    this.surroundings.dispose();
    this.renderer.dispose();
    // A web view gives few contexts, and takes them back when it likes.
    this.renderer.forceContextLoss();
  }

  /** Draws, and answers the milliseconds it took. */
  private draw(isCoarse: boolean): number {
    if (this.isLost) return 0;
    const { renderer, camera, content } = this;
    const start = performance.now();
    const ratio = devicePixelRatio * (isCoarse ? 0.5 : 1);
    if (ratio !== this.ratio) {
      this.ratio = ratio;
      renderer.setPixelRatio(ratio);
      renderer.setSize(this.size.width, this.size.height, false);
    }
    if (content && content.revision !== this.shadowed) {
      this.shadowed = content.revision;
      renderer.shadowMap.needsUpdate = castShadows(content);
    }
    if (content) applyLooks(renderer, this.scene, content.looks, this.stops);
    this.grid.follow(camera);
    if (this.showsMarkers) camera.layers.enable(MARKERS);
    else camera.layers.disable(MARKERS);
    renderer.info.reset();
    renderer.autoClear = true;
    this.shadings.during(content?.root ?? this.scene, () => renderer.render(this.scene, camera));
    this.lines.draw(renderer, camera);
    if (this.over.children.length > 0) {
      renderer.autoClear = false;
      renderer.clearDepth();
      renderer.render(this.over, camera);
    }
    this.finish();
    return performance.now() - start;
  }

  /** Waits until the picture is there: only then it is known what it took. */
  private finish(): void {
    const gl = this.renderer.getContext();
    gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(4));
  }

  private readonly onLost = (): void => {
    this.isLost = true;
    this.lost(true);
  };

  private readonly onRestored = (): void => {
    this.isLost = false;
    this.surroundings.dispose();
    this.surroundings = studio(this.renderer);
    this.scene.environment = this.surroundings.texture;
    this.shadowed = -1;
    this.lost(false);
    this.invalidate();
  };
}
