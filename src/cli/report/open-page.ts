/** Opens a page where there is a desktop to open it on. */

import { spawn } from 'node:child_process';

/** The command that opens a file for the person at this machine; undefined where there is no desktop. */
export function openerOf(
  platform: string,
  env: Readonly<Record<string, string | undefined>>,
): string | undefined {
  if (platform === 'darwin') return 'open';
  const hasDesktop = Boolean(env.DISPLAY) || Boolean(env.WAYLAND_DISPLAY);
  return platform === 'linux' && hasDesktop ? 'xdg-open' : undefined;
}

/** Starts the command on the file and leaves it to itself; resolves with whether it could be started. */
export function openPage(opener: string, path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(opener, [path], { detached: true, stdio: 'ignore' });
    child.once('error', () => resolve(false));
    child.once('spawn', () => {
      child.unref();
      resolve(true);
    });
  });
}
