/** Charts of shares: what the steps asked for beside what the new version really handled. */

import type { ProbeSample, Sample, StepEvent } from '../history/timeline.ts';
import type { Chart } from './chart.ts';
import { secondsOf } from './chart.ts';
import { rates, shareOf, windowed } from './rates.ts';

const roles: readonly (readonly [NonNullable<StepEvent['service']>, string, string])[] = [
  ['generator', 'Generator', 'of the records produced'],
  ['back-end', 'Back end', 'of the records counted'],
  ['stats', 'Readers', 'of the good answers'],
];

/** A chart for each service that a step asks a share for. */
export function shareCharts(
  samples: readonly Sample[],
  probes: readonly ProbeSample[],
  steps: readonly StepEvent[],
): readonly Chart[] {
  return roles.flatMap((role) => share(role, samples, probes, steps));
}

/** Share of the version that is rolled out, asked and achieved; none where no step asks for one. */
function share(
  [role, title, of]: (typeof roles)[number],
  samples: readonly Sample[],
  probes: readonly ProbeSample[],
  steps: readonly StepEvent[],
): readonly Chart[] {
  const asking = steps.filter((step) => step.service === role && step.share !== null);
  const counts =
    role === 'stats'
      ? windowed(probes, ({ versions }) => versions)
      : rates(samples, (sample) => (role === 'generator' ? sample.produced : sample.counted));
  const at = role === 'stats' ? probes : samples;
  if (asking.length === 0 || at.length < 2) return [];
  const focus = at.map(({ atMs }) => askedAt(asking, atMs));
  const newest = versionsAsked(asking);
  return [
    {
      ...{ id: `share-${role}`, title: `${title}: share of the new version`, unit: '%' },
      note: `Percent ${of}: what the steps asked for, and what ${newest} really handled.`,
      ...{ kind: 'lines', atLeast: 100, seconds: secondsOf(at) },
      series: [
        {
          name: 'asked',
          version: null,
          style: 'asked',
          values: focus.map(({ share: asked }) => asked),
        },
        {
          name: `achieved by ${newest}`,
          ...{ version: focus.at(-1)?.version ?? null, style: 'line' },
          values: counts.map((each, index) => shareOf(each, focus[index]?.version ?? '')),
        },
      ],
    },
  ];
}

function versionsAsked(asking: readonly StepEvent[]): string {
  return [...new Set(asking.map((step) => newVersion(asking, step)))].join(', ');
}

/** The version that an upgrade is about: that of its first step; a later one may take it back. */
function newVersion(asking: readonly StepEvent[], { upgrade }: StepEvent): string {
  return asking.find((step) => step.upgrade === upgrade)?.version ?? '';
}

/** What was asked for at a moment: percent of the new version. */
function askedAt(asking: readonly StepEvent[], atMs: number): { version: string; share: number } {
  const step = asking.findLast((each) => each.phase === 'begin' && each.atMs <= atMs);
  const first = asking[0];
  if (step === undefined) return { version: first?.version ?? '', share: 0 };
  const version = newVersion(asking, step);
  const asked = step.share ?? 0;
  return { version, share: step.version === version ? asked : 100 - asked };
}
