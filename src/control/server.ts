/** The control server of a running lab: takes upgrades from commands in other terminals, over a Unix socket that only its user can open. */

import { chmod } from 'node:fs/promises';
import { PassThrough } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { fastify } from 'fastify';
import type { ObserverSinks } from '../course/observer.ts';
import type { Refusal, UpgradeLine, UpgradeRequest, UpgradeResult } from './protocol.ts';
import { upgradeRequest } from './protocol.ts';
import { notPaused } from './refusals.ts';
import type { Upgrades } from './upgrades.ts';

/** A server that listens. */
export interface ControlServer {
  /** Drops the upgrade under way and ends every connection. */
  close(): Promise<void>;
}

/** Starts to listen at the path of a socket. */
export async function serveControl(upgrades: Upgrades, socket: string): Promise<ControlServer> {
  const app = fastify({
    forceCloseConnections: true,
    ajv: { customOptions: { removeAdditional: false, coerceTypes: false, allErrors: true } },
  });
  app.get('/', async () => upgrades.describe());
  app.post<{ Body: UpgradeRequest }>(
    '/upgrade/refusals',
    { schema: { body: upgradeRequest } },
    async ({ body }) => ({ refusals: await upgrades.refusals(body) }),
  );
  app.post<{ Body: UpgradeRequest }>(
    '/upgrade',
    { schema: { body: upgradeRequest } },
    async ({ body }, reply) => {
      const refusals = await upgrades.refusals(body);
      // Another request may have come first while this one was looked at.
      const now = refusals.length > 0 ? refusals : upgrades.busy();
      if (now.length > 0) return refuse(reply, now);
      return follow(reply, (sinks, cancel) => upgrades.upgrade(body, sinks, cancel));
    },
  );
  app.post('/upgrade/take-back', async (_request, reply) => {
    const refusals = notPaused(upgrades.describe());
    if (refusals.length > 0) return refuse(reply, refusals);
    return follow(reply, (sinks) => upgrades.takeBack(sinks));
  });
  app.delete('/upgrade', async (_request, reply) => {
    return reply.code(upgrades.cancel() ? 202 : 404).send();
  });
  await app.listen({ path: socket });
  await chmod(socket, 0o600);
  return {
    async close() {
      await upgrades.close();
      await app.close();
    },
  };
}

function refuse(reply: FastifyReply, refusals: readonly Refusal[]): FastifyReply {
  return reply.code(409).send({ refusals });
}

/** Answers with a line for everything that is seen; who goes away before the end has the upgrade taken back. */
function follow(
  reply: FastifyReply,
  work: (sinks: ObserverSinks, cancel: AbortController) => Promise<UpgradeResult>,
): FastifyReply {
  const cancel = new AbortController();
  const lines = new PassThrough();
  const write = (line: UpgradeLine) => {
    if (!lines.destroyed) lines.write(`${JSON.stringify(line)}\n`);
  };
  reply.raw.once('close', () => {
    cancel.abort(new Error('interrupted: the command that asked for it went away'));
    lines.destroy();
  });
  const sinks: ObserverSinks = {
    event: (event) => write({ event }),
    stateCall: (stateCall) => write({ stateCall }),
  };
  void work(sinks, cancel).then((end) => {
    write({ end });
    lines.end();
  });
  return reply.type('application/x-ndjson').send(lines);
}
