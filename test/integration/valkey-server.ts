/** A real Valkey server of a test's own, gone when the test is. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { valkeyServer } from '../../src/platform/local/artifacts/valkey.ts';
import { pingValkey, valkeyCommand } from '../../src/platform/local/components/valkey.ts';
import { freePort } from '../../src/platform/local/ports.ts';

const READY_TRIES = 100;

/** Starts a server on a free port; `address` is its `host:port`. */
export async function startValkey() {
  const folder = mkdtempSync(join(tmpdir(), 'cutover-valkey-'));
  const port = await freePort();
  const { program, args } = valkeyCommand({
    program: await valkeyServer(() => undefined),
    port,
    folder,
  });
  const server = spawn(program, [...args], { stdio: 'ignore' });
  const address = `127.0.0.1:${port}`;
  for (let attempt = 1; !(await answers(address)); attempt++) {
    if (attempt === READY_TRIES) throw new Error(`valkey at ${address} does not answer`);
    await sleep(50);
  }
  return {
    address,
    async [Symbol.asyncDispose]() {
      server.kill('SIGKILL');
      if (server.exitCode === null && server.signalCode === null) await once(server, 'exit');
      rmSync(folder, { recursive: true });
    },
  };
}

async function answers(address: string): Promise<boolean> {
  return pingValkey(address).then(
    () => true,
    () => false,
  );
}
