/** Starts a child and a guard for it, tells the child's id to the test, and waits to be killed. */
import { fileURLToPath } from 'node:url';
import { startChild } from '../../../src/platform/local/process/child.ts';
import { startGuard } from '../../../src/platform/local/process/start-guard.ts';

const guard = startGuard();
const program = fileURLToPath(new URL('./fake-program.ts', import.meta.url));
const env = { HOST: '127.0.0.1', PORT: '0' };
guard.tell({ kind: 'remove', path: process.argv[2] ?? '' });
const command = { program: process.execPath, args: [program], env };
const child = await startChild(command, process.env.LOG ?? '', (identity) => {
  guard.tell({ kind: 'watch', process: identity });
});
process.send?.(child.identity.pid);
