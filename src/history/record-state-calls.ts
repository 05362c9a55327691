/** Records the calls that change the back end's state as the state DB itself is seen to run them, whatever the application says. */

import type { Socket } from 'node:net';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { StateCallReader } from './state-calls/state-call-reader.ts';
import type { StateCall } from './timeline.ts';

/** How to record. */
export interface StateCallOptions {
  /** The back end's state DB, `host:port`. */
  readonly state: string;
  /** Whether the calls on a namespace are recorded; default all. */
  readonly isWanted?: (namespace: string) => boolean;
  /** When the run began, ms since 1970, so that calls count from there; default now. */
  readonly startedAtMs?: number;
  /** Called for each call, in the order in which they ran. */
  readonly emit: (call: StateCall) => void;
  /** Called when the connection is lost: what runs until it is back is not seen. */
  readonly lost?: (reason: string) => void;
}

/** A recorder at work. */
export interface StateCallRecorder {
  /** Ends it after what was seen so far; idempotent. */
  stop(): Promise<void>;
}

const LINE_END = 0x0a;
/** A script's own commands come with its call, so after this long none is missing. */
const FLUSH_MS = 100;
const RECONNECT_MS = 50;

/** Starts recording; resolves when the state DB shows its calls, rejects where it does not answer. */
export async function recordStateCalls(options: StateCallOptions): Promise<StateCallRecorder> {
  const { isWanted = () => true, startedAtMs = Date.now(), emit, lost } = options;
  const reader = new StateCallReader(emit, isWanted);
  let lastMs = 0;
  const take = (line: Buffer): void => {
    lastMs = Date.now();
    reader.line(line, lastMs - startedAtMs);
  };
  let stopped = false;
  let socket = await monitor(options.state, take);
  const flushing = setInterval(() => {
    if (Date.now() - lastMs >= FLUSH_MS) reader.flush();
  }, FLUSH_MS);

  async function keepWatching(): Promise<void> {
    while (!stopped) {
      const reason = await ended(socket);
      if (stopped) return;
      reader.flush();
      reader.forget();
      lost?.(reason);
      const again = await reconnect();
      if (again === undefined) return;
      socket = again;
    }
  }

  async function reconnect(): Promise<Socket | undefined> {
    while (!stopped) {
      try {
        return await monitor(options.state, take);
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        await sleep(RECONNECT_MS);
      }
    }
    return undefined;
  }

  const watching = keepWatching();
  return {
    async stop() {
      stopped = true;
      clearInterval(flushing);
      socket.destroy();
      await watching;
      // One that was just connected again.
      socket.destroy();
      reader.flush();
    },
  };
}

/** Opens a connection on which the state DB shows every command that it runs; words that are not looked at are not even decoded. */
function monitor(address: string, take: (line: Buffer) => void): Promise<Socket> {
  const at = address.lastIndexOf(':');
  const socket = connect(Number(address.slice(at + 1)), address.slice(0, at));
  return new Promise((resolve, reject) => {
    socket.on('error', (cause) => {
      reject(new Error(`the state DB at ${address} does not show its calls`, { cause }));
    });
    socket.once('close', () => reject(new Error(`the state DB at ${address} closed the line`)));
    const lines = lineSplitter((line) => {
      if (line.length > 0 && line[0] === 0x2d) reject(new Error(line.toString('latin1')));
      else if (line.toString('latin1', 0, 3) === '+OK') resolve(socket);
      else take(line);
    });
    socket.on('data', lines);
    socket.write('MONITOR\r\n');
  });
}

function lineSplitter(visit: (line: Buffer) => void): (chunk: Buffer) => void {
  let parts: Buffer[] = [];
  return (chunk) => {
    let from = 0;
    for (let end = chunk.indexOf(LINE_END); end >= 0; end = chunk.indexOf(LINE_END, from)) {
      const tail = chunk.subarray(from, end);
      visit(parts.length === 0 ? tail : Buffer.concat([...parts, tail]));
      parts = [];
      from = end + 1;
    }
    if (from < chunk.length) parts.push(chunk.subarray(from));
  };
}

/** Resolves with the reason when the connection is gone. */
function ended(socket: Socket): Promise<string> {
  if (socket.destroyed) return Promise.resolve('the connection is closed');
  return new Promise((resolve) => {
    socket.once('error', (error) => resolve(error.message));
    socket.once('close', () => resolve('the connection was closed'));
  });
}
