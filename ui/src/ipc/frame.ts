/** Frames of the window; one that is not seen has none, so there it takes this long, in milliseconds. */
const UNSEEN = 100;

/** Calls back with the next frame, once; the answer takes it back. */
export function nextFrame(callback: () => void): () => void {
  const stop = () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
  };
  const run = () => {
    stop();
    callback();
  };
  const frame = requestAnimationFrame(run);
  const timer = setTimeout(run, UNSEEN);
  return stop;
}
