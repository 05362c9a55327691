/** Words of a plan in colour, where the output is a terminal. */

import { styleText } from 'node:util';

/** Colours a text; changes nothing where there is no terminal. */
export interface PlanPaint {
  readonly verdict: (word: string, text?: string) => string;
  readonly strong: (text: string) => string;
  readonly faint: (text: string) => string;
}

const colours: Readonly<Record<string, 'green' | 'red' | 'yellow'>> = {
  safe: 'green',
  accepted: 'green',
  inconclusive: 'yellow',
  'rejected-but-safe': 'yellow',
};

/** A painter. */
export function createPlanPaint(colour: boolean): PlanPaint {
  const style = (format: Parameters<typeof styleText>[0], text: string): string =>
    colour ? styleText(format, text, { validateStream: false }) : text;
  return {
    verdict: (word, text = word) => style(['bold', colours[word] ?? 'red'], text),
    strong: (text) => style('bold', text),
    faint: (text) => style('dim', text),
  };
}
