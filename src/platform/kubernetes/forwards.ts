/** Ways into the cluster: ports on the loopback interface, each of whose connections ends at a port of a pod. */
import type { Server, Socket } from 'node:net';
import { createServer } from 'node:net';
import { PortForward } from '@kubernetes/client-node';
import { messageOf } from './api-errors.ts';
import type { Cluster } from './cluster.ts';
import { KubernetesError } from './errors.ts';

/** Where the connections of a forward go. */
export interface Target {
  /** Unique among forwards, e.g. `registry` or a pod's name. */
  readonly name: string;
  readonly port: number;
  /** The pod for a new connection; another one after the first was replaced. */
  readonly pod: () => Promise<string>;
  /** The port here; any free one where absent. */
  readonly localPort?: number;
}

/** The forwards of one namespace. */
export interface Forwards {
  /** `127.0.0.1:<port>` that leads to the target; the same one each time. */
  open(target: Target): Promise<string>;
  close(name: string): void;
  closeAll(): void;
}

const LOOPBACK = '127.0.0.1';

/** Opens no port before it is asked for; none of them keeps the process alive. */
export function openForwards({ config }: Cluster, namespace: string): Forwards {
  const forward = new PortForward(config, true);
  const servers = new Map<string, Promise<Server>>();
  const sockets = new Map<string, Set<Socket>>();

  async function lead(socket: Socket, target: Target): Promise<void> {
    socket.on('error', () => socket.destroy());
    try {
      const pod = await target.pod();
      const made = await forward.portForward(namespace, pod, [target.port], socket, null, socket);
      const connection = typeof made === 'function' ? made() : made;
      connection?.on('close', () => socket.destroy());
      connection?.on('error', () => socket.destroy());
      socket.on('close', () => connection?.close());
    } catch {
      // The caller sees a connection that ends, as with a server that is away.
      socket.destroy();
    }
  }

  async function listen(target: Target): Promise<Server> {
    const open = new Set<Socket>();
    sockets.set(target.name, open);
    const server = createServer({ allowHalfOpen: false, noDelay: true }, (socket) => {
      open.add(socket);
      socket.on('close', () => open.delete(socket));
      void lead(socket, target);
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', (cause) => reject(notListening(target, cause)));
      server.listen(target.localPort ?? 0, LOOPBACK, resolve);
    });
    server.unref();
    return server;
  }

  function close(name: string): void {
    void servers.get(name)?.then((server) => server.close());
    for (const socket of sockets.get(name) ?? []) socket.destroy();
    servers.delete(name);
    sockets.delete(name);
  }

  return {
    async open(target) {
      const listening = servers.get(target.name) ?? listen(target);
      servers.set(target.name, listening);
      try {
        const address = (await listening).address();
        if (address === null || typeof address === 'string') throw new Error('it does not listen');
        return `${LOOPBACK}:${address.port}`;
      } catch (error) {
        servers.delete(target.name);
        throw error;
      }
    },
    close,
    closeAll() {
      for (const name of [...servers.keys()]) close(name);
    },
  };
}

function notListening({ name, localPort }: Target, cause: Error): KubernetesError {
  const why = `port ${localPort} on this machine, which leads to ${name}, cannot be opened`;
  const mend = 'Mend: end what uses it (another cutover command on a cluster?), then try again';
  return new KubernetesError('PORT_TAKEN', `${why}: ${messageOf(cause)}. ${mend}`, { cause });
}
