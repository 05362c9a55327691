/** What the registry will answer to the schemas that an upgrade brings. */

import type { Role } from '../../platform/platform.ts';
import type { Experiment, Upgrade } from '../experiment.ts';
import { servicesOf } from '../experiment.ts';
import type { PredictedRegistration } from '../prediction.ts';
import { badRawWriting, rawWriting, summaryWriting } from './application.ts';
import { refusals } from './compatibility.ts';
import { avroIncompatibilities, parseAvro } from './languages/avro-compatibility.ts';

const RAW_DATA = 'raw-data-in-value';
const SUMMARY = 'summary-stats-value';

/** Answers to the schemas of one upgrade, in the order in which its services bring them. */
export function registrationsOf(
  upgrade: Upgrade,
  earlier: readonly string[],
  { style, compatibility }: Pick<Experiment, 'style' | 'compatibility'>,
): readonly PredictedRegistration[] {
  const raw = (version: string) => rawWriting(version, style).schema;
  const summary = (version: string) => summaryWriting(version).schema;
  const isBad = upgrade.build === 'bad-schema';
  const proposed = (isBad ? badRawWriting : rawWriting)(upgrade.to, style).schema;
  const ask = (subject: string, schema: object, history: readonly object[]) => {
    const named = history.map((each, index) => {
      return { name: earlier[index] ?? '', schema: parseAvro(each) };
    });
    const next = { name: upgrade.to, schema: parseAvro(schema) };
    const reasons = refusals(compatibility, next, named, avroIncompatibilities);
    return { subject, version: upgrade.to, accepted: reasons.length === 0, reasons };
  };
  return servicesOf(upgrade.order).flatMap((service) => {
    if (service === 'generator') return [ask(RAW_DATA, proposed, earlier.map(raw))];
    if (service === 'stats') return [];
    return [ask(SUMMARY, summary(upgrade.to), earlier.map(summary))];
  });
}

/**
 * Answers to the old version's schemas when services come back: they are in their subjects, so no mode is asked.
 * @param changed services that the new version had reached
 */
export function registrationsBack(
  upgrade: Upgrade,
  old: string,
  changed: readonly Role[],
): readonly PredictedRegistration[] {
  const back = servicesOf(upgrade.order).toReversed();
  return back
    .filter((service) => service !== 'stats' && changed.includes(service))
    .map((service) => {
      const subject = service === 'generator' ? RAW_DATA : SUMMARY;
      return { subject, version: old, accepted: true, reasons: [] };
    });
}
