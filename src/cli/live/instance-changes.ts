/** What happened to instances between two samples: gone, new, restarted, ready or no longer ready. */

import type { PlatformEvent, Sample } from '../../history/timeline.ts';

interface Seen {
  readonly version: string;
  readonly ready: boolean;
  readonly restarts: number;
}

/** The changes as events at the time of the later sample; none where there is no earlier one. */
export function instanceChanges(
  before: Sample | undefined,
  after: Sample,
): readonly PlatformEvent[] {
  if (before === undefined) return [];
  const [old, young] = [instancesOf(before), instancesOf(after)];
  const event = (name: string, subject: string, detail: string): PlatformEvent => {
    return { kind: 'platform', atMs: after.atMs, event: name, subject, detail };
  };
  const gone = [...old.keys()]
    .filter((name) => !young.has(name))
    .map((name) => event('gone', name, `was at ${old.get(name)?.version}`));
  const changed = [...young].flatMap(([name, now]) => {
    const was = old.get(name);
    if (was === undefined || was.version !== now.version) {
      return [event('started', name, `at ${now.version}`)];
    }
    if (now.restarts > was.restarts) {
      return [event('restarted', name, `${now.restarts} times so far`)];
    }
    if (now.ready === was.ready) return [];
    return [event(now.ready ? 'ready' : 'not ready', name, `at ${now.version}`)];
  });
  return [...gone, ...changed];
}

function instancesOf({ deployments }: Sample): ReadonlyMap<string, Seen> {
  return new Map(
    deployments.flatMap(({ version, instances }) =>
      instances.map(({ name, ready, restarts }) => [name, { version, ready, restarts }] as const),
    ),
  );
}
