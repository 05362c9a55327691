/** Connects to the state DB in the way that this program needs: fail soon, connect again for ever. */
import { Redis } from 'iovalkey';

const CONNECT_TIMEOUT_MS = 2_000;
const COMMAND_TIMEOUT_MS = 2_000;
const LONGEST_RECONNECT_DELAY_MS = 1_000;

/** Opens a client for `host:port`; while the DB is away its calls reject, and `onError` hears why. */
export function connectState(hostPort: string, onError: (error: Error) => void): Redis {
  const at = hostPort.lastIndexOf(':');
  const client = new Redis({
    host: hostPort.slice(0, at).replace(/^\[(.*)\]$/, '$1'),
    port: Number(hostPort.slice(at + 1)),
    connectTimeout: CONNECT_TIMEOUT_MS,
    commandTimeout: COMMAND_TIMEOUT_MS,
    maxRetriesPerRequest: 1,
    retryStrategy: (attempt) => Math.min(50 * attempt, LONGEST_RECONNECT_DELAY_MS),
  });
  client.on('error', onError);
  return client;
}
