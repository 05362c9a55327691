/** Sends a signal to the program in a pod, from within: the pod shares its processes, and whoever runs there may. */
import { PassThrough } from 'node:stream';
import type { V1Status } from '@kubernetes/client-node';
import { Exec } from '@kubernetes/client-node';
import type { Cluster } from './cluster.ts';
import { KubernetesError } from './errors.ts';

/** Runs in the container; the program is the one process there whose command names its role's main file. */
const SEND = `
const { readdirSync, readFileSync } = require('node:fs');
const [signal] = process.argv.slice(1);
const pids = readdirSync('/proc').filter((name) => /^[0-9]+$/.test(name)).map(Number);
const isProgram = (pid) => {
  try {
    const command = readFileSync('/proc/' + pid + '/cmdline', 'utf8').split('\\0');
    return pid !== process.pid && command.some((word) => /(main\\.ts|start\\.mjs)$/.test(word));
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ESRCH') return false;
    throw error;
  }
};
const found = pids.filter(isProgram);
if (found.length === 0) throw new Error('the program is not there');
for (const pid of found) process.kill(pid, signal);
`;

/** Sends it; throws `KubernetesError` where the program cannot be signalled. */
export async function signalProgram(
  { config }: Cluster,
  namespace: string,
  pod: string,
  container: string,
  signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT',
): Promise<void> {
  const said = new PassThrough();
  let text = '';
  said.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  const command = ['node', '-e', SEND, signal];
  const status = await new Promise<V1Status>((resolve, reject) => {
    new Exec(config)
      .exec(namespace, pod, container, command, said, said, null, false, resolve)
      .then((socket) => socket.on('error', reject), reject);
  });
  if (status.status === 'Success') return;
  const why = text.trim().split('\n').at(-1) || status.message;
  throw new KubernetesError('NOT_READY', `${pod} cannot be sent ${signal}: ${why}`);
}
