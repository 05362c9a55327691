/** How many members of a group each version gets, so that the new one comes close to a share of the partitions. */

/** Members of the old and of the new version. */
export interface Members {
  readonly old: number;
  readonly new: number;
}

/**
 * The members whose share is nearest to `share` percent: never more than there are partitions, never more of one version
 * than `replicas`, and of equally near ones those that can do the most work with the fewest processes.
 */
export function membersFor(share: number, replicas: number, partitions: number): Members {
  if (share >= 100) return { old: 0, new: replicas };
  let best: Members = { old: replicas, new: 1 };
  for (let fresh = 1; fresh <= replicas; fresh++) {
    for (let old = 1; old <= replicas; old++) {
      const members = { old, new: fresh };
      if (old + fresh <= partitions && isBetter(members, best, share, replicas)) best = members;
    }
  }
  return best;
}

function isBetter(a: Members, b: Members, share: number, replicas: number): boolean {
  const far = (members: Members) =>
    Math.abs((100 * members.new) / (members.old + members.new) - share);
  if (far(a) !== far(b)) return far(a) < far(b);
  const lacking = (members: Members) => Math.max(0, replicas - members.old - members.new);
  if (lacking(a) !== lacking(b)) return lacking(a) < lacking(b);
  return a.old + a.new < b.old + b.new;
}
