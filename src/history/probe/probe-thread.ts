/** The thread of the prober: asks at an even pace and posts a sample each 250 ms, until it is told to stop. */

import { parentPort, workerData } from 'node:worker_threads';
import type { ProbeTask } from '../probe-rest.ts';
import { AnswerCheck } from './answer-check.ts';
import { Asker } from './asker.ts';
import { ProbeWindow } from './probe-window.ts';
import { Questions } from './questions.ts';

const EVERY_MS = 10;
const SAMPLE_MS = 250;
/** Questions that were due while the thread stood still are not made up for. */
const LONGEST_ARREARS_MS = 50;

const { url, skus, startedAtMs } = workerData as ProbeTask;
const nowMs = (): number => performance.timeOrigin + performance.now();
const questions = new Questions(skus);
const check = new AnswerCheck();
const window = new ProbeWindow(nowMs() - startedAtMs);
const asker = new Asker(url);
let dueMs = nowMs();
let tickMs = dueMs;

async function askOnce(): Promise<void> {
  const path = questions.next();
  const sentMs = nowMs();
  const answer = await asker.ask(path);
  if (answer === undefined) return;
  const atMs = nowMs();
  if ('error' in answer) {
    window.failed(answer.error);
    return;
  }
  window.good(atMs - startedAtMs, atMs - sentMs, questions.learn(path, answer.body));
  for (const oddity of check.oddities(path, answer.body, sentMs, atMs)) window.odd(oddity);
}

function tick(): void {
  const now = nowMs();
  window.stoodStill(now - tickMs - EVERY_MS);
  tickMs = now;
  dueMs = Math.max(dueMs, now - LONGEST_ARREARS_MS);
  for (; dueMs <= now; dueMs += EVERY_MS) void askOnce();
}

const ticking = setInterval(tick, EVERY_MS);
const sampling = setInterval(() => {
  parentPort?.postMessage(window.sample(nowMs() - startedAtMs));
}, SAMPLE_MS);

parentPort?.once('message', () => {
  clearInterval(ticking);
  clearInterval(sampling);
  asker.close();
  parentPort?.postMessage(window.last(nowMs() - startedAtMs));
  parentPort?.close();
});
