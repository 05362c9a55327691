/** The gates there are; a new one is a file here and a line. */

import type { Gate } from '../gate.ts';
import { availability } from './availability.ts';
import { lag } from './lag.ts';
import { prefix } from './prefix.ts';
import { restarts } from './restarts.ts';
import { undecodable } from './undecodable.ts';

/** Each is judged at every sample of a rollout. */
export const gates: readonly Gate[] = [restarts, undecodable, lag, availability, prefix];
