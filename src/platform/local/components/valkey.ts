/** The two state DBs: Valkey servers that keep every write and never drop a key. */
import { mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import { loopback } from '../ports.ts';
import type { Command } from '../process/child.ts';

/** A Valkey server to run. */
export interface ValkeySettings {
  readonly program: string;
  readonly port: number;
  readonly folder: string;
}

/** The command that runs one server. */
export function valkeyCommand({ program, port, folder }: ValkeySettings): Command {
  mkdirSync(folder, { recursive: true });
  const settings: Readonly<Record<string, string>> = {
    port: String(port),
    bind: loopback,
    'protected-mode': 'yes',
    dir: folder,
    appendonly: 'yes',
    appendfsync: 'everysec',
    save: '',
    'maxmemory-policy': 'noeviction',
    daemonize: 'no',
  };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
  return { program, args, env: {} };
}

/** Resolves when the server at `host:port` answers PING; a server that still loads its data does not. */
export function pingValkey(address: string, limitMs = 1_000): Promise<void> {
  const url = new URL(`tcp://${address}`);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: url.hostname, port: Number(url.port) });
    socket.setTimeout(limitMs, () => socket.destroy(new Error('no answer to PING')));
    socket.once('connect', () => socket.write('PING\r\n'));
    socket.once('error', reject);
    socket.once('data', (answer) => {
      socket.destroy();
      const text = answer.toString('latin1').trim();
      if (text === '+PONG') resolve();
      else reject(new Error(text));
    });
    socket.once('close', () => reject(new Error('the connection was closed')));
  });
}
