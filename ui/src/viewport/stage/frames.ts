/** When frames are drawn: on demand, and coarser while something moves where that is slow, as where no graphics card helps. */

/** What frames are drawn with. */
export interface FrameSource {
  /** As `requestAnimationFrame`, which tells milliseconds. */
  request(draw: (now: number) => void): number;
  cancel(request: number): void;
  /** Draws, at half the resolution if `isCoarse`; answers the milliseconds it took until the picture was there. */
  draw(isCoarse: boolean): number;
}

/** Called before each frame with the seconds since the one before; frames follow while it answers true. */
export type Step = (seconds: number) => boolean;

/** A frame that takes longer than this many milliseconds makes motion hard to follow. */
const SLOW = 40;
/** At a quarter of the pixels it is as fast as this where whole frames are not slow. */
const FAST = 10;
/** After so many milliseconds without a frame nothing moves any more. */
const REST = 160;

export class Frames {
  /** Drawn so far. */
  count = 0;
  private asked = 0;
  private last = -Infinity;
  private slow = false;
  private isCoarse = false;
  private readonly steps = new Set<Step>();
  private resting: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly source: FrameSource) {}

  /** Draws once, at the next frame. */
  invalidate(): void {
    if (this.asked === 0) this.asked = this.source.request((now) => this.next(now));
  }

  /** Draws while `step` answers true. The answer ends it. */
  animate(step: Step): () => void {
    this.steps.add(step);
    this.invalidate();
    return () => void this.steps.delete(step);
  }

  dispose(): void {
    if (this.asked !== 0) this.source.cancel(this.asked);
    clearTimeout(this.resting);
    this.steps.clear();
  }

  private next(now: number): void {
    this.asked = 0;
    const gap = now - this.last;
    this.last = now;
    const seconds = Math.min(gap, 100) / 1000;
    for (const step of [...this.steps]) if (!step(seconds)) this.steps.delete(step);
    const isMoving = this.steps.size > 0 || gap < REST;
    this.isCoarse = isMoving && this.slow;
    const took = this.source.draw(this.isCoarse);
    this.count += 1;
    // The first frame makes programs and takes textures; it says nothing about the others.
    if (this.count > 1 && isMoving) this.slow = this.isCoarse ? took > FAST : took > SLOW;
    clearTimeout(this.resting);
    if (this.steps.size > 0) this.invalidate();
    else if (this.isCoarse) this.resting = setTimeout(() => this.rest(), REST);
  }

  /** What moved stands still: drawn as finely as it can be. */
  private rest(): void {
    this.last = -Infinity;
    this.invalidate();
  }
}
