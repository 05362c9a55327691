/** Follows a lab that another process started: samples it, and shows that until a person or the lab ends it. */

import { startProber } from '../../history/probe-rest.ts';
import { createSampler } from '../../history/sample-lab.ts';
import type { Sample, TimelineEvent } from '../../history/timeline.ts';
import type { Platform, RunningLab } from '../../platform/platform.ts';
import { sleep } from '../interrupt.ts';
import type { Terminal } from '../terminal.ts';
import { instanceChanges } from './instance-changes.ts';
import { emptyView, reduceTimeline } from './live-state.ts';
import { createLiveView } from './live-view.ts';
import { renderLive } from './render-live.ts';

const EVERY_MS = 500;

/** How to watch. */
export interface WatchMode {
  readonly json: boolean;
  /** Ask REST as readers do. */
  readonly probe: boolean;
  /** Print one look and end. */
  readonly once: boolean;
}

/** Watches until `interrupt` or until the lab is gone. */
export async function watchRunning(
  { terminal, interrupt }: { readonly terminal: Terminal; readonly interrupt: AbortSignal },
  platform: Platform,
  lab: RunningLab,
  mode: WatchMode,
): Promise<void> {
  const title = `lab ${lab.name} on ${platform.name}`;
  const startedAtMs = Date.now();
  let isGone = false;
  const sampler = createSampler({
    nowMs: () => Date.now() - startedAtMs,
    deployments: async () => {
      const found = await platform.find(lab.name);
      isGone = found === undefined;
      return found?.deployments ?? [];
    },
  });
  const shown =
    mode.once && !mode.json
      ? oneLook(terminal, title)
      : createLiveView(terminal, { title, json: mode.json });
  const emit = (event: TimelineEvent) => shown.event(event);
  const prober = mode.probe
    ? startProber({ url: lab.addresses.rest, skus: lab.run.skus, startedAtMs, emit })
    : undefined;
  try {
    let before: Sample | undefined;
    // The second look is the first that can tell rates.
    for (let look = 0; !interrupt.aborted && !(mode.once && look === 2); look++) {
      const sample = await sampler.sample();
      if (isGone) break;
      for (const change of instanceChanges(before, sample)) emit(change);
      emit(sample);
      before = sample;
      await sleep(mode.once ? 2 * EVERY_MS : EVERY_MS, interrupt);
    }
  } finally {
    await prober?.stop();
    shown.close();
  }
  if (isGone) terminal.note(`the lab ${lab.name} was stopped`);
}

/** Collects events and prints the view of them at the end. */
function oneLook(terminal: Terminal, title: string) {
  let view = emptyView(title);
  return {
    event: (event: TimelineEvent) => {
      view = reduceTimeline(view, event);
    },
    close: () => {
      const { columns = 100 } = terminal.stream;
      const colour = process.stdout.isTTY === true && terminal.colour;
      for (const line of renderLive(view, { width: columns, colour })) terminal.result(line);
    },
  };
}
