/** Where the local platform keeps downloaded components and the state of running labs. */
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Folder of downloaded components, one per user: `$CUTOVER_CACHE`, `$XDG_CACHE_HOME/cutover` or `~/.cache/cutover`. */
export function cacheDir(env: NodeJS.ProcessEnv = process.env): string {
  return chosenDir(env.CUTOVER_CACHE, env.XDG_CACHE_HOME, '.cache');
}

/** Folder of the labs' state files: `$CUTOVER_STATE`, `$XDG_STATE_HOME/cutover` or `~/.local/state/cutover`. */
export function stateDir(env: NodeJS.ProcessEnv = process.env): string {
  return chosenDir(env.CUTOVER_STATE, env.XDG_STATE_HOME, join('.local', 'state'));
}

function chosenDir(own: string | undefined, xdg: string | undefined, fallback: string): string {
  if (own) return own;
  return join(xdg || join(homedir(), fallback), 'cutover');
}
