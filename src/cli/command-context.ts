/** What every command is given, so that tests can put a fake in its place. */

import type { Platform } from '../platform/platform.ts';
import type { Terminal } from './terminal.ts';

/** The surroundings of a command. */
export interface CommandContext {
  readonly terminal: Terminal;
  /** Aborted when the person wants the command to end. */
  readonly interrupt: AbortSignal;
  /** The platform of a name that `platformNames` lists. */
  readonly openPlatform: (name: string) => Promise<Platform>;
}
