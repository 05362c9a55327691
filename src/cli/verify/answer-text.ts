/** The answer to an experiment's question as lines for people. */

import { styleText } from 'node:util';
import type { Answer, RunVerdict } from '../../history/saved-run.ts';

/** The lines: observed, predicted, expected, and why. */
export function describeAnswer(answer: RunVerdict, colour: boolean): readonly string[] {
  const { observed, predicted, expected, agrees, asExpected, reasons } = answer;
  const paint = (good: boolean, text: string) =>
    colour ? styleText(good ? 'green' : 'red', text, { validateStream: false }) : text;
  const tick = (good: boolean) => paint(good, good ? '✔' : '✖');
  return [
    `  observed   ${words(observed)}`,
    `  predicted  ${words(predicted)}  ${tick(agrees)} ${agrees ? 'the same' : 'something else'}`,
    `  expected   ${words(expected)}  ${tick(asExpected)} ${asExpected ? 'as it should be' : 'something else'}`,
    ...reasons.map((reason) => `  ${reason}`),
    '',
  ];
}

function words({ verdict, outcome }: Answer): string {
  return `${verdict}, ${outcome}`;
}
