/** The course of each program: read settings, start, say that it listens, stop cleanly when asked to. */
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import pino from 'pino';
import type { Static, TObject } from 'typebox';
import { reasonOf } from './reason.ts';
import { readSettings, SettingsError } from './settings.ts';

const EXIT_FAILED = 1;
const EXIT_WRONG_SETTINGS = 64;

/** A program that has been started. */
export interface Running {
  /** Its HTTP server, not yet listening. */
  readonly http: FastifyInstance;
  /** Finishes what is in flight and lets go of everything. */
  stop(): Promise<void>;
}

/** What `start` may use besides its settings. */
export interface ProgramContext {
  readonly log: Logger;
  /** Ends the program with one line that says why; for conditions that waiting cannot mend. */
  fail(error: unknown): void;
}

/** Runs a program to its end; the process exits with 0 when asked to stop, 1 on failure, 64 on wrong settings. */
export async function runProgram<Schema extends TObject>(
  name: string,
  schema: Schema,
  start: (settings: Static<Schema>, context: ProgramContext) => Promise<Running>,
): Promise<void> {
  const settings = settingsOrExit(schema);
  const { HOST, PORT, INSTANCE, APP_VERSION, LOG_LEVEL } = settings as Record<string, string>;
  const log = pino({
    level: LOG_LEVEL ?? 'info',
    base: { instance: INSTANCE || name, version: APP_VERSION },
  });
  let running: Running | undefined;
  let ending = false;

  async function end(code: number): Promise<void> {
    if (ending) return;
    ending = true;
    try {
      await running?.stop();
      await running?.http.close();
    } catch (error) {
      log.error({ event: 'stop-failed' }, reasonOf(error));
    }
    process.exit(code);
  }

  function fail(error: unknown): void {
    if (!ending) log.fatal({ event: 'failed', err: error }, reasonOf(error));
    void end(EXIT_FAILED);
  }

  process.on('SIGTERM', () => void end(0));
  process.on('SIGINT', () => void end(0));
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);
  try {
    running = await start(settings, { log, fail });
    await running.http.listen({ host: HOST, port: Number(PORT) });
    const { port } = running.http.server.address() as AddressInfo;
    log.info({ event: 'listening', address: `http://${HOST}:${port}` }, `${name} listens`);
  } catch (error) {
    fail(error);
  }
}

function settingsOrExit<Schema extends TObject>(schema: Schema): Static<Schema> {
  try {
    return readSettings(schema, process.env);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    for (const problem of error.problems) process.stderr.write(`${problem}\n`);
    process.exit(EXIT_WRONG_SETTINGS);
  }
}
