/** Chooses the instance that a request of a reader goes to, by the weights of the deployments. */

/** An instance that may answer. */
export interface Upstream {
  readonly deployment: string;
  readonly url: string;
}

/** Parts of the readers by deployment; undefined shares them out equally among all instances. */
export type Weights = ReadonlyMap<string, number> | undefined;

/** Those that the weights let answer at all. */
export function eligible(upstreams: readonly Upstream[], weights: Weights): readonly Upstream[] {
  if (weights === undefined) return upstreams;
  return upstreams.filter(({ deployment }) => (weights.get(deployment) ?? 0) > 0);
}

/**
 * One of the eligible upstreams: each deployment's part is split equally among its instances, and the part
 * of a deployment without any goes to the others. Undefined where there is none.
 * @param chance from 0 up to 1; by chance and not in turn, since a page that asks two things again and again would get each from one instance only
 */
export function choose(
  upstreams: readonly Upstream[],
  weights: Weights,
  chance: number,
): Upstream | undefined {
  const shares = upstreams.map((upstream) => ({
    upstream,
    share: share(upstream, upstreams, weights),
  }));
  let rest = chance * shares.reduce((sum, each) => sum + each.share, 0);
  const chosen = shares.find((each) => {
    rest -= each.share;
    return rest < 0;
  });
  // Rounding may leave a little of the last one's share.
  return chosen?.upstream ?? upstreams.at(-1);
}

function share({ deployment }: Upstream, upstreams: readonly Upstream[], weights: Weights): number {
  if (weights === undefined) return 1;
  const instances = upstreams.filter((each) => each.deployment === deployment).length;
  return (weights.get(deployment) ?? 0) / instances;
}
