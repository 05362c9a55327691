/** Talks to the control server of a running lab. */

import type { IncomingMessage } from 'node:http';
import { request } from 'node:http';
import { createInterface } from 'node:readline';
import type { LabControl, Refusal, UpgradeLine, UpgradeRequest } from './protocol.ts';

/** Nobody listens at the socket, or whoever did went away; the message says which. */
export class ControlGoneError extends Error {
  override readonly name = 'ControlGoneError';
}

/** What stood against a request, one refusal a line. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';

  constructor(refusals: readonly Refusal[]) {
    super(refusals.map(({ message }) => message).join('\n'));
  }
}

const ACCEPTED = 300;
const REFUSED = 409;

/** What runs. */
export async function askControl(socket: string): Promise<LabControl> {
  return (await readJson(await send(socket, 'GET', '/'))) as LabControl;
}

/** Everything that stands against an upgrade now. */
export async function askRefusals(
  socket: string,
  upgrade: UpgradeRequest,
): Promise<readonly Refusal[]> {
  const answer = await readJson(await send(socket, 'POST', '/upgrade/refusals', upgrade));
  return (answer as { refusals: readonly Refusal[] }).refusals;
}

/** Has the upgrade under way taken back; nothing where there is none. */
export async function cancelUpgrade(socket: string): Promise<void> {
  (await send(socket, 'DELETE', '/upgrade')).resume();
}

/**
 * Begins an upgrade, or takes the paused one back, and answers its lines; rejects with {@link RefusedError}, and its lines with
 * {@link ControlGoneError} where the lab goes away before the last. Who goes away before the last has the upgrade taken back.
 */
export async function beginUpgrade(
  socket: string,
  upgrade: UpgradeRequest | 'take-back',
): Promise<AsyncIterable<UpgradeLine>> {
  const isBack = upgrade === 'take-back';
  const path = isBack ? '/upgrade/take-back' : '/upgrade';
  const answer = await send(socket, 'POST', path, isBack ? undefined : upgrade);
  if (answer.statusCode === REFUSED) {
    const { refusals } = (await readJson(answer)) as { refusals: readonly Refusal[] };
    throw new RefusedError(refusals);
  }
  if ((answer.statusCode ?? 0) >= ACCEPTED) throw new Error(await readText(answer));
  return readLines(answer);
}

async function* readLines(answer: IncomingMessage): AsyncGenerator<UpgradeLine> {
  try {
    for await (const text of createInterface({ input: answer })) {
      const line = JSON.parse(text) as UpgradeLine;
      yield line;
      if ('end' in line) return;
    }
  } catch (cause) {
    throw new ControlGoneError('the lab went away while it was upgraded', { cause });
  }
  throw new ControlGoneError('the lab went away while it was upgraded');
}

function send(
  socketPath: string,
  method: string,
  path: string,
  body?: object,
): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const headers = body === undefined ? {} : { 'content-type': 'application/json' };
  const sending = request({ socketPath, method, path, headers }, resolve);
  sending.once('error', (cause) => {
    reject(new ControlGoneError(`nobody answers at ${socketPath}: ${cause.message}`, { cause }));
  });
  sending.end(body === undefined ? undefined : JSON.stringify(body));
  return promise;
}

async function readJson(answer: IncomingMessage): Promise<unknown> {
  const text = await readText(answer);
  if ((answer.statusCode ?? 0) >= ACCEPTED && answer.statusCode !== REFUSED) throw new Error(text);
  return JSON.parse(text);
}

async function readText(answer: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of answer) text += String(chunk);
  return text;
}
