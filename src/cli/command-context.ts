/** What every command is given, so that tests can put a fake in its place. */

import type { Platform } from '../platform/platform.ts';
import type { Place } from './place-options.ts';
import type { Terminal } from './terminal.ts';

/** The surroundings of a command. */
export interface CommandContext {
  readonly terminal: Terminal;
  /** Aborted when the person wants the command to end. */
  readonly interrupt: AbortSignal;
  /** The platform at a place. */
  readonly openPlatform: (place: Place) => Promise<Platform>;
}
