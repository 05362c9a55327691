/** What `cutover up --json` says first: where everything of the lab is. */

import type { StartedLab } from './start-lab.ts';
import type { UpOptions } from './up-options.ts';

/** The first line of `up --json`. */
export function describeReady({ lab }: StartedLab, options: UpOptions, rate: string): object {
  return {
    ...lab.addresses,
    name: lab.name,
    platform: lab.platform,
    run: lab.run,
    app: options.app,
    schemaStyle: options.schemaStyle,
    compatibility: options.compatibility,
    partitions: options.partitions,
    brokers: options.brokers,
    rate: rate === 'max' ? rate : Number(rate),
  };
}
