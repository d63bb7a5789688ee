/** Two windows that follow each other would push each other's view ever further: following must not form a loop. */

/** Who `follower` follows; null for nobody. */
export type FollowedBy = (follower: string) => string | null;

/** The replicas from `start` on, each following the next, whose last one follows `own`; none if none does. */
export function loopThrough(own: string, start: string, followedBy: FollowedBy): string[] | undefined {
  const chain = new Set<string>();
  let next: string | null = start;
  while (next !== null && next !== own && !chain.has(next)) {
    chain.add(next);
    next = followedBy(next);
  }
  return next === own ? [...chain] : undefined;
}

/** Of a loop that formed because several began at once one member must let go, and all agree on which. */
export function mustLetGo(own: string, loop: readonly string[]): boolean {
  return loop.every((replica) => replica < own);
}
