/** Asks axe what of a page people with a disability cannot use. */
import axe from 'axe-core';
import type { Page } from 'playwright-core';

interface AxeResult {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly html: string }[];
  }[];
}

/** Each violation with the first element that has it. */
export async function findViolations(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const run = (globalThis as unknown as { axe: { run(): Promise<AxeResult> } }).axe.run;
    return (await run()).violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
  });
}
