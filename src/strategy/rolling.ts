/** Rolling: instance by instance, the new one first. */

import { backEndInPlace } from './back-end-in-place.ts';
import { generatorBySku } from './generator-by-sku.ts';
import { statsByWeight } from './stats-by-weight.ts';
import type { ServiceStrategies } from './strategy.ts';

/** Each service by as many steps as it has instances. */
export const rolling: ServiceStrategies = {
  'back-end': (hands, serving, change) =>
    backEndInPlace(hands, serving, change, perInstance(serving['back-end'].replicas)),
  stats: (hands, serving, change) =>
    statsByWeight(hands, serving, change, perInstance(serving.stats.replicas)),
  generator: (hands, serving, change) =>
    generatorBySku(hands, serving, change, perInstance(serving.generator.replicas)),
};

function perInstance(replicas: number): readonly number[] {
  return Array.from({ length: replicas }, (_, index) => Math.round((100 * (index + 1)) / replicas));
}
