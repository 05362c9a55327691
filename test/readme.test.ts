/** Runs every command block of the README in a fresh clone, as a newcomer would. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { after, suite } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createLocalPlatform } from '../src/platform/local/index.ts';
import type { Lab } from '../src/platform/platform.ts';
import type { Running } from './fresh-clone.ts';
import { makeFreshClone } from './fresh-clone.ts';
import type { CommandBlock } from './readme-blocks.ts';
import { readCommandBlocks } from './readme-blocks.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const readyTimeoutMs = 180_000;
const blockTimeoutMs = 400_000;

suite('the README', { timeout: 30 * 60_000 }, () => {
  const clone = makeFreshClone(root);
  after(() => clone[Symbol.dispose]());
  const blocks = readCommandBlocks(readFileSync(join(clone.folder, 'README.md'), 'utf8'));

  test('has the commands that everything begins with', () => {
    const commands = blocks.flatMap((block) => block.commands);
    for (const command of ['npm start', 'npm test']) assert.ok(commands.includes(command), command);
  });

  for (const block of blocks) {
    const name = `line ${block.line} (${block.mode}): ${block.commands.join('; ')}`;
    test(name, { timeout: blockTimeoutMs }, async () => {
      assert.ok(block.commands.length > 0, 'the block has no command');
      await runBlock(block);
    });
  }

  async function runBlock({ mode, commands, exitCodes }: CommandBlock): Promise<void> {
    if (mode === 'script') return commands.forEach(assertScript);
    if (mode === 'run') return runAll(commands, exitCodes);
    if (mode === 'up') return upAll(commands);
    if (mode === 'beside a running lab') {
      return withLab('npx cutover up', () => runAll(commands, exitCodes));
    }
    const components = await startComponents();
    try {
      await upAll(commands.map((command) => withAddresses(command, components)));
    } finally {
      await components.down();
    }
  }

  async function runAll(commands: readonly string[], exitCodes: readonly number[]): Promise<void> {
    for (const command of commands) {
      const { code, output } = await clone.start(command).ended;
      assert.ok(exitCodes.includes(code ?? -1), `${command} ended with ${code}:\n${output}`);
    }
  }

  async function upAll(commands: readonly string[]): Promise<void> {
    for (const command of commands) await withLab(command, async () => undefined);
  }

  /** After Ctrl-C the lab says that it stopped, and nothing of it is left. */
  async function withLab(command: string, work: () => Promise<void>): Promise<void> {
    const lab = clone.start(command);
    try {
      await untilReady(lab);
      await work();
    } finally {
      lab.interrupt();
      await lab.ended;
    }
    const { code, signal, output } = await lab.ended;
    // npm ends by the signal itself once the command has ended.
    assert.ok(code === 0 || signal === 'SIGINT', `${command} ended with ${code}:\n${output}`);
    assert.match(output, /\nstopped\n/);
    const left = await clone.start('npx cutover down').ended;
    assert.match(left.output, /nothing of a lab named default was running/);
  }

  function assertScript(command: string): void {
    const manifest = JSON.parse(readFileSync(join(clone.folder, 'package.json'), 'utf8')) as {
      readonly scripts: Readonly<Record<string, string>>;
    };
    const script = /^npm (?:run )?(\S+)/.exec(command)?.[1] ?? '';
    assert.ok(manifest.scripts[script] !== undefined, `${command}: no such script`);
  }
});

/** Waits until the page's address is printed, and looks at the page. */
async function untilReady(lab: Running): Promise<void> {
  const endMs = performance.now() + readyTimeoutMs;
  for (;;) {
    const page = /page\s+(http:\/\/\S+)/.exec(lab.out())?.[1];
    if (page !== undefined) {
      const answer = await fetch(page);
      assert.equal(answer.status, 200);
      assert.match(await answer.text(), /<html/i);
      return;
    }
    assert.ok(performance.now() < endMs, `not ready in time: ${lab.out()}`);
    const early = await Promise.race([delay(100), lab.ended]);
    assert.ok(early === undefined, `it ended before it was ready: ${early?.output}`);
  }
}

/** Kafka, registry and Valkey without the application: what a person's own would be. */
function startComponents(): Promise<Lab> {
  const run = { runId: 'own-components', seed: 1, skus: 10, order: 'chronological' } as const;
  const spec = {
    name: `own-${process.pid}`,
    brokers: 1,
    partitions: 6,
    external: {},
    run,
  } as const;
  return createLocalPlatform().up(spec, () => undefined);
}

function withAddresses(command: string, { addresses }: Lab): string {
  const replaced = command
    .replaceAll('your-kafka:9092', addresses.bootstrap)
    .replaceAll(/http:\/\/your-registry:8081\S*/g, addresses.registry)
    .replaceAll('your-valkey:6379', addresses.valkey[0]);
  assert.doesNotMatch(replaced, /your-/, 'an address is not replaced');
  return replaced;
}
