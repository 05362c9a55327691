/** Canary: a growing share of the partitions, the SKUs and the readers. */

import { backEndInPlace } from './back-end-in-place.ts';
import { generatorBySku } from './generator-by-sku.ts';
import { statsByWeight } from './stats-by-weight.ts';
import type { ServiceStrategies } from './strategy.ts';

/** Each service by the shares that were asked for. */
export const canary: ServiceStrategies = {
  'back-end': (hands, serving, change) => backEndInPlace(hands, serving, change, hands.shares),
  stats: (hands, serving, change) => statsByWeight(hands, serving, change, hands.shares),
  generator: (hands, serving, change) => generatorBySku(hands, serving, change, hands.shares),
};
