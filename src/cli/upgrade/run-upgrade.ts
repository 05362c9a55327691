/** The course of `cutover upgrade`: everything that stands against it at once, then the live view, and the end in a sentence. */

import {
  askControl,
  askRefusals,
  beginUpgrade,
  ControlGoneError,
  cancelUpgrade,
  RefusedError,
} from '../../control/client.ts';
import type { LabControl, UpgradeRequest, UpgradeResult } from '../../control/protocol.ts';
import { nameFlag } from '../../control/refusals.ts';
import type { DecisionEvent } from '../../history/timeline.ts';
import type { Platform, RunningLab } from '../../platform/platform.ts';
import type { CommandContext } from '../command-context.ts';
import { interruptedExitCode } from '../interrupt.ts';
import { createLiveView } from '../live/live-view.ts';
import { describeEnd } from './end-text.ts';
import { openUpgradeFolder } from './upgrade-folder.ts';
import type { UpgradeOptions } from './upgrade-options.ts';
import { toRequest, unknown } from './upgrade-options.ts';

/** A lab that takes upgrades. */
type OpenLab = RunningLab & { readonly control: string };

const usageExitCode = 64;
const exitCodes: Readonly<Record<UpgradeResult['outcome'], number>> = {
  promoted: 0,
  'rolled-back': 1,
  refused: 1,
  failed: 1,
  paused: 2,
};

/** Upgrades to the version, or takes the paused upgrade back where there is none; answers the exit code. */
export async function runUpgrade(
  context: CommandContext,
  version: string | undefined,
  options: UpgradeOptions,
  { json }: { readonly json: boolean },
): Promise<number> {
  const { terminal } = context;
  const platform = await context.openPlatform(options);
  const request = version === undefined ? 'take-back' : toRequest(version, options);
  const lab = await platform.find(options.name);
  const problems = await findProblems(platform, lab, request, options);
  if (problems.length > 0 || !isOpen(lab)) {
    for (const problem of problems) terminal.note(`cutover: ${problem}`);
    const isTypo = unknown(version).length > 0;
    return isTypo ? usageExitCode : exitCodes.refused;
  }
  try {
    return await carryOut(context, lab, request, { ...options, json });
  } catch (error) {
    if (!(error instanceof RefusedError) && !(error instanceof ControlGoneError)) throw error;
    for (const line of error.message.split('\n')) terminal.note(`cutover: ${line}`);
    return exitCodes.refused;
  }
}

/** Everything that stands against it, each with what mends it. */
async function findProblems(
  platform: Platform,
  lab: RunningLab | undefined,
  request: UpgradeRequest | 'take-back',
  { name }: UpgradeOptions,
): Promise<readonly string[]> {
  const flag = nameFlag(name);
  const problems: string[] = [];
  if (!platform.capabilities.has('route')) {
    const what = `the platform ${platform.name} cannot share readers out between versions`;
    problems.push(`${what}. Mend: choose another with --platform`);
  }
  const typo = request === 'take-back' ? [] : unknown(request.to, flag);
  if (lab === undefined) {
    const mend = `start one in another terminal with npx cutover up${flag}`;
    return [...problems, ...typo, `no lab named ${name} is running. Mend: ${mend}`];
  }
  if (!isOpen(lab)) {
    return [...problems, ...typo, takesNone(platform, flag)];
  }
  if (request === 'take-back') return problems;
  try {
    const refusals = await askRefusals(lab.control, request);
    return [...problems, ...refusals.map(({ message }) => message)];
  } catch (error) {
    if (!(error instanceof ControlGoneError)) throw error;
    const mend = `wait until npx cutover up${flag} has printed the address of the page`;
    return [...problems, ...typo, `the lab ${name} takes no upgrade yet. Mend: ${mend}`];
  }
}

function takesNone({ name }: Platform, flag: string): string {
  return name === 'local'
    ? `the lab takes no upgrade: its folder has too long a path for a socket. Mend: start it anew with CUTOVER_STATE=/tmp/cutover npx cutover up${flag}`
    : `a lab on ${name} takes no upgrade from here. Mend: use the pipeline in deploy/, or a local lab: npx cutover up${flag}`;
}

function isOpen(lab: RunningLab | undefined): lab is OpenLab {
  return lab?.control !== undefined;
}

async function carryOut(
  { terminal, interrupt }: CommandContext,
  lab: OpenLab,
  request: UpgradeRequest | 'take-back',
  { runs, json, platform }: UpgradeOptions & { readonly json: boolean },
): Promise<number> {
  const now = await askControl(lab.control);
  if (interrupt.aborted) return interruptedExitCode;
  const lines = await beginUpgrade(lab.control, request);
  const cancel = () => {
    terminal.note('taking the upgrade back…');
    void cancelUpgrade(lab.control).catch(() => undefined);
  };
  interrupt.addEventListener('abort', cancel, { once: true });
  if (interrupt.aborted) cancel();
  const folder = await openUpgradeFolder({ runs, platform, lab, now, request });
  const view = createLiveView(terminal, { title: titleOf(lab, now, request), json });
  const decisions: DecisionEvent[] = [];
  let end: UpgradeResult | undefined;
  try {
    for await (const line of lines) {
      if ('end' in line) end = line.end;
      else if ('stateCall' in line) folder.stateCall(line.stateCall);
      else {
        folder.event(line.event);
        view.event(line.event);
        if (line.event.kind === 'decision') decisions.push(line.event);
      }
    }
  } finally {
    interrupt.removeEventListener('abort', cancel);
    view.close();
    folder.close();
  }
  if (end === undefined) throw new Error('the lines of an upgrade have an end');
  if (json) terminal.result(JSON.stringify({ kind: 'end', ...end, folder: folder.path }));
  else {
    const about = { end, decisions, lab: lab.name, folder: folder.path };
    for (const line of describeEnd(about, terminal.colour)) terminal.result(line);
  }
  if (end.outcome !== 'rolled-back') return exitCodes[end.outcome];
  if (request === 'take-back') return 0;
  return end.cancelled ? interruptedExitCode : exitCodes['rolled-back'];
}

/** The first line of the live view, e.g. `lab default: v1 → v2, canary, consumers-first`. */
function titleOf(
  { name }: RunningLab,
  { serving, upgrade }: LabControl,
  request: UpgradeRequest | 'take-back',
): string {
  const versions = [...new Set(Object.values(serving))].toSorted().join(' and ');
  if (request === 'take-back') return `lab ${name}: back from ${upgrade?.to} to ${versions}`;
  const { to, strategy, order, build } = request;
  const how = [strategy, order, ...(build === 'good' ? [] : [`build ${build}`])].join(', ');
  return `lab ${name}: ${versions} → ${to}, ${how}`;
}
