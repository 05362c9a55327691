/** Brings a lab up in a process of its own, for tests that kill that process; says so in one JSON line. */
import { fileURLToPath } from 'node:url';
import { createLocalPlatform } from '../../src/platform/local/local-platform.ts';
import type { LabSpec } from '../../src/platform/platform.ts';

const fakeProgram = fileURLToPath(new URL('../platform/local/fake-program.ts', import.meta.url));
const spec = JSON.parse(process.argv[2] ?? '') as LabSpec;
const notes: string[] = [];
const lab = await createLocalPlatform({ programs: () => fakeProgram }).up(spec, (progress) => {
  if (progress.kind === 'note') notes.push(progress.message);
});
await lab.deploy({ name: 'stats', role: 'stats', version: 'v1', replicas: 1, env: {} });
lab.onEvent(({ kind }) => {
  if (kind === 'stopped') process.stdout.write('stopped\n');
});
process.stdout.write(`${JSON.stringify({ notes, addresses: lab.addresses })}\n`);
