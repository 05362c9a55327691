/** I5, fence: nothing is applied, published or taken over under a token that a later one has superseded. */

import type { OutputHistory } from '../history/history.ts';
import type { StateCall } from '../history/timeline.ts';
import type { InvariantVerdict, Judgement } from './invariant.ts';
import { grouped, judgeInvariant } from './invariant.ts';
import type { PartialFinding } from './tally.ts';
import { Tally } from './tally.ts';

type Token = StateCall['token'];

/** Judges every call that the state DB was seen to accept, and whose stored token was seen, too. */
export function judgeFence(
  calls: readonly StateCall[],
  output: OutputHistory | undefined,
): InvariantVerdict {
  return judgeInvariant('I5', 'fence', new Tally(), (tally) => judge(calls, output, tally));
}

function judge(
  calls: readonly StateCall[],
  output: OutputHistory | undefined,
  tally: Tally,
): Judgement {
  const [accepted, refused] = [true, false].map((word) =>
    calls.filter((call) => call.accepted === word && call.stored !== null),
  );
  for (const call of accepted ?? []) {
    const finding = call.stored === null ? undefined : breach(call, call.stored);
    if (finding === undefined) continue;
    tally.add(finding, call.call === 'apply' ? Number(call.next) - Number(call.first) : 1);
  }
  const superseded = refused?.filter(({ token, stored }) => stored && !isSame(token, stored)) ?? [];
  const detail = [
    `${grouped(accepted?.length ?? 0)} calls accepted under the token that was stored`,
    `${grouped(superseded.length)} refused under another one`,
    // The token is asked before rows are sent: one that is stopped in between sends late, and readers leave that out.
    output ? `${grouped(output.superseded)} summary rows sent late` : '',
  ];
  return {
    verdict: (accepted?.length ?? 0) > 0 ? 'pass' : 'inconclusive',
    detail: detail.filter((part) => part !== '').join(', '),
  };
}

function breach(call: StateCall, stored: Token): PartialFinding | undefined {
  const { token, partition, namespace, first } = call;
  const places = { partition, offset: first, expected: stored.join(' '), found: token.join(' ') };
  if (call.call === 'initialise') return undefined;
  if (call.call === 'acquire') {
    if (isSame(token, stored) || isLater(token, stored)) return undefined;
    const what = `${namespace}: taken over under a token that is not later than the stored one`;
    return { ...places, kind: 'stale', what };
  }
  if (isSame(token, stored)) return undefined;
  return call.call === 'apply'
    ? { ...places, kind: 'duplicated', what: `${namespace}: applied under a superseded token` }
    : { ...places, kind: 'stale', what: `${namespace}: published under a superseded token` };
}

function isSame(a: Token, b: Token): boolean {
  return a.every((word, at) => word === b[at]);
}

function isLater([deployment, generation]: Token, [held, heldGeneration]: Token): boolean {
  return deployment > held || (deployment === held && generation > heldGeneration);
}
