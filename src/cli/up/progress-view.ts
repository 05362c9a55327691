/** Shows what a platform is doing: one updating line on a terminal, plain lines elsewhere. */

import type { Progress } from '../../platform/platform.ts';
import type { Terminal } from '../terminal.ts';

const barWidth = 20;

/** A function that takes progress and shows it. */
export function createProgressView(terminal: Terminal): (progress: Progress) => void {
  const running = new Map<string, string>();
  return (progress) => {
    const line = `${progress.part}: ${progress.message}`;
    if (progress.kind === 'step') showStep(terminal, running, progress);
    else running.delete(progress.part);
    if (progress.kind === 'done') terminal.note(`✔ ${line}`);
    if (progress.kind === 'note') terminal.note(`  ${line}`);
    if (progress.kind !== 'step') showRunning(terminal, running);
  };
}

function showStep(terminal: Terminal, running: Map<string, string>, progress: Progress): void {
  const { part, message, fraction } = progress;
  const isNew = !(running.get(part) ?? '').startsWith(message);
  running.set(part, fraction === undefined ? message : `${message} ${formatBar(fraction)}`);
  // Where lines stay, a download is worth its beginning only.
  if (!terminal.isTerminal && isNew) terminal.note(`  ${part}: ${message}`);
  showRunning(terminal, running);
}

function showRunning(terminal: Terminal, running: ReadonlyMap<string, string>): void {
  const parts = [...running].map(([part, text]) => `${part}: ${text}`);
  terminal.live(parts.length === 0 ? '' : `… ${parts.join(' · ')}`);
}

function formatBar(fraction: number): string {
  const filled = Math.round(Math.min(1, Math.max(0, fraction)) * barWidth);
  const percent = Math.round(fraction * 100);
  return `${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)} ${percent} %`;
}
