/** A connection to a state DB, and Lua scripts that run in it as one atomic call. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Redis as Valkey } from 'iovalkey';

export type { Valkey };

const RECONNECT_MS = 200;

/** Connects to `host:port`; a server that is away is waited for, and calls that got no answer are sent again, so send only such as may be repeated. */
export function connectValkey(address: string, onError: (error: Error) => void): Valkey {
  const at = address.lastIndexOf(':');
  const client = new Valkey({
    host: address.slice(0, at),
    port: Number(address.slice(at + 1)),
    maxRetriesPerRequest: null,
    retryStrategy: () => RECONNECT_MS,
  });
  client.on('error', onError);
  return client;
}

const asItIs = (lua: string): string => lua;

/** A script's reply: its first word, then whatever it adds. */
export type ScriptReply = readonly [status: string, ...rest: string[]];

/** A Lua script that can be run. */
export type Script = (
  client: Valkey,
  keys: readonly string[],
  args: readonly (string | number | Buffer)[],
) => Promise<ScriptReply>;

/** Reads a script from a file; the server keeps its text after the first run. */
export function loadScript(file: URL, edit: (lua: string) => string = asItIs): Script {
  const lua = edit(readFileSync(file, 'utf8'));
  const sha = createHash('sha1').update(lua).digest('hex');
  return async (client, keys, args) => {
    try {
      return (await client.evalsha(sha, keys.length, ...keys, ...args)) as unknown as ScriptReply;
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
      return (await client.eval(lua, keys.length, ...keys, ...args)) as unknown as ScriptReply;
    }
  };
}
