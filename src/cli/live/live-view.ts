/** Shows a timeline while it comes in: redrawn in place on a terminal, as plain lines elsewhere, or as JSON lines. */

import type { TimelineEvent } from '../../history/timeline.ts';
import type { Terminal } from '../terminal.ts';
import { describeEvent, describeStanding, isMeasurement, stamp } from './event-line.ts';
import { emptyView, reduceTimeline } from './live-state.ts';
import { createPaint } from './paint.ts';
import { renderLive } from './render-live.ts';
import { createScreen } from './screen.ts';

/** What a live view is told. */
export interface LiveOptions {
  /** First line, e.g. `v1 → v2, canary, consumers-first`. */
  readonly title: string;
  /** Print each event as one JSON line on standard output instead. */
  readonly json?: boolean;
}

/** Shows events until it is closed. */
export interface LiveTimeline {
  event(event: TimelineEvent): void;
  /** Draws a last time and leaves that standing. */
  close(): void;
}

const REDRAW_MS = 100;
const STANDING_MS = 5_000;

/** Starts to show a timeline. */
export function createLiveView(terminal: Terminal, options: LiveOptions): LiveTimeline {
  if (options.json === true) {
    return { event: (event) => terminal.result(JSON.stringify(event)), close: () => undefined };
  }
  return terminal.isTerminal ? redrawn(terminal, options) : inLines(terminal, options);
}

function redrawn(terminal: Terminal, { title }: LiveOptions): LiveTimeline {
  let view = emptyView(title);
  let timer: NodeJS.Timeout | undefined;
  const { stream, colour } = terminal;
  const screen = createScreen(stream);
  const draw = () => {
    timer = undefined;
    const width = Math.max(20, (stream.columns ?? 80) - 1);
    const height = Math.max(4, (stream.rows ?? 24) - 1);
    screen.draw(renderLive(view, { width, height, colour }));
  };
  const release = terminal.occupy({ erase: () => screen.erase(), draw });
  const later = () => {
    timer ??= setTimeout(draw, REDRAW_MS);
  };
  stream.on?.('resize', later);
  draw();
  return {
    event(event) {
      view = reduceTimeline(view, event);
      later();
    },
    close() {
      clearTimeout(timer);
      stream.off?.('resize', later);
      draw();
      screen.end();
      release();
    },
  };
}

function inLines(terminal: Terminal, { title }: LiveOptions): LiveTimeline {
  let view = emptyView(title);
  let standingMs = Number.NEGATIVE_INFINITY;
  const paint = createPaint(false);
  terminal.note(title);
  return {
    event(event) {
      view = reduceTimeline(view, event);
      if (isMeasurement(event)) {
        if (event.kind === 'probe' || event.atMs - standingMs < STANDING_MS) return;
        standingMs = event.atMs;
        terminal.note(`${stamp(event.atMs)}    ${describeStanding(view)}`);
        return;
      }
      const { condition, text } = describeEvent(event);
      terminal.note(`${stamp(event.atMs)}  ${paint.mark(condition)} ${text}`);
    },
    close: () => undefined,
  };
}
