/** The tree of a live view: services, their versions, and the instances of each with the partitions that they own. */

import type { DeploymentSample, PartitionSample, Sample } from '../../history/timeline.ts';
import type { Role } from '../../platform/platform.ts';
import type { LiveView } from './live-state.ts';
import type { Paint } from './paint.ts';
import { clock, count, percent, ranges } from './paint.ts';
import type { ByVersion } from './rates.ts';
import { answersOf, ratesOf, requestsPerSecond, sharesOf } from './rates.ts';

/** Services in the order in which data flow. */
const services: readonly (readonly [Role, string])[] = [
  ['generator', 'generator'],
  ['back-end', 'back end'],
  ['stats', 'stats'],
];

/** One line of the tree, in columns. */
export interface TreeRow {
  readonly name: string;
  readonly version: string;
  readonly state: string;
  readonly share: string;
  readonly work: string;
}

/** The rows, and as plain texts the services above theirs; empty before the first sample. */
export function treeOf(view: LiveView, paint: Paint): readonly (TreeRow | string)[] {
  const sample = view.samples.at(-1);
  if (sample === undefined) return [];
  return services.flatMap(([role, title]) => {
    const deployments = sample.deployments.filter((each) => each.role === role);
    if (deployments.length === 0) return [];
    const rates = ratesOfRole(view, role);
    const head = `${paint.bold(title)}  ${summaryOf(view, sample, role, paint)}`;
    const rest = deployments.flatMap((deployment, at) => {
      const isLast = at === deployments.length - 1;
      return [
        deploymentRow(view, sample, deployment, rates, isLast, paint),
        ...instanceRows(sample, deployment, isLast, paint),
      ];
    });
    return [head, ...rest];
  });
}

function row(part: Partial<TreeRow>): TreeRow {
  return { name: '', version: '', state: '', share: '', work: '', ...part };
}

function ratesOfRole(view: LiveView, role: Role): ByVersion {
  if (role === 'stats') return answersOf(view);
  return ratesOf(view, role === 'generator' ? 'produced' : 'counted');
}

function summaryOf(view: LiveView, sample: Sample, role: Role, paint: Paint): string {
  if (role === 'generator') return '';
  if (role === 'back-end') {
    const lag = `lag ${count(sample.lagRecords)} records, ${clock(sample.lagSeconds * 1000)}`;
    const halted = sample.partitions.filter((each) => each.halted !== null);
    const problems = [
      ...(sample.undecodable > 0 ? [`${count(sample.undecodable)} undecodable`] : []),
      ...(halted.length > 0
        ? [`partition ${halted[0]?.partition} halted: ${halted[0]?.halted}`]
        : []),
      ...ownerless(sample.partitions),
    ];
    return [lag, ...problems.map((each) => paint.condition('bad', each))].join(' · ');
  }
  const perSecond = requestsPerSecond(view);
  if (perSecond === null) return '';
  const { errors, longestGapMs, oddities } = view.readers;
  const bad = (value: number, text: string) => (value > 0 ? paint.condition('bad', text) : text);
  return [
    `${count(perSecond)} requests/s`,
    bad(errors, `${count(errors)} errors`),
    `longest gap ${count(longestGapMs)} ms`,
    ...(oddities > 0 ? [bad(oddities, `${count(oddities)} odd answers`)] : []),
  ].join(' · ');
}

function ownerless(partitions: readonly PartitionSample[]): readonly string[] {
  const free = partitions.filter(({ owner }) => owner === null).map((each) => each.partition);
  return free.length === 0 ? [] : [`nobody owns ${ranges(free)}`];
}

function deploymentRow(
  view: LiveView,
  sample: Sample,
  deployment: DeploymentSample,
  rates: ByVersion,
  isLast: boolean,
  paint: Paint,
): TreeRow {
  const { name, role, version, instances } = deployment;
  const ready = instances.filter((instance) => instance.ready).length;
  const isReady = ready === instances.length && ready > 0;
  const achieved = sharesOf(rates)[version];
  const asked = askedOf(view, sample, deployment);
  return row({
    name: `${isLast ? '└─' : '├─'} ${name}`,
    version,
    state: `${paint.mark(isReady ? 'good' : 'waiting')} ${ready}/${instances.length}`,
    share: [asked, achieved]
      .map((value) => (value === null || value === undefined ? '–' : percent(value)))
      .join(' → '),
    work: workOf(sample, role, version, rates[version]),
  });
}

/** Share in percent that the deployment was asked to take: of a Back End what its service's step says, else its partitions. */
function askedOf(view: LiveView, sample: Sample, { name, role, version, share }: DeploymentSample) {
  if (role !== 'back-end') return share;
  const step = view.asked['back-end'];
  if (step?.share != null && step.version !== null) {
    const others = new Set(
      sample.deployments.filter((each) => each.role === role).map((each) => each.version),
    );
    if (step.version === version) return step.share;
    if (others.has(step.version) && others.size === 2) return 100 - step.share;
  }
  const all = sample.partitions.length;
  const owned = sample.partitions.filter(({ owner }) => owner?.startsWith(`${name}-`)).length;
  return all === 0 ? null : (100 * owned) / all;
}

function workOf(sample: Sample, role: Role, version: string, rate: number | undefined): string {
  const perSecond = rate === undefined ? '' : `${count(rate)}/s`;
  if (role === 'stats') return perSecond;
  const counter = role === 'generator' ? sample.produced : sample.counted;
  const what = role === 'generator' ? 'produced' : 'counted';
  return `${count(counter[version] ?? 0)} ${what}${perSecond === '' ? '' : `, ${perSecond}`}`;
}

function instanceRows(
  sample: Sample,
  { instances, role }: DeploymentSample,
  isLast: boolean,
  paint: Paint,
): readonly TreeRow[] {
  const trunk = isLast ? '  ' : '│ ';
  return instances.map(({ name, ready, restarts }, at) => {
    const branch = at === instances.length - 1 ? '└─' : '├─';
    const owned = sample.partitions.filter(({ owner }) => owner === name);
    const again = restarts === 0 ? '' : ` ${restarts} ${restarts === 1 ? 'restart' : 'restarts'}`;
    const condition = ready ? 'good' : restarts > 0 ? 'bad' : 'waiting';
    const partitions = owned.map(({ partition }) => partition);
    return row({
      name: `${trunk} ${branch} ${name}`,
      state: `${paint.mark(condition)} ${ready ? 'ready' : 'not ready'}${again}`,
      work: role !== 'back-end' || owned.length === 0 ? '' : `partitions ${ranges(partitions)}`,
    });
  });
}
