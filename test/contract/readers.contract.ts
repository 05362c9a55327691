/** How readers are shared out between two deployments, as tests: for any way in which they come to a lab of a platform that can route. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { DeploymentSpec, Lab } from '../../src/platform/platform.ts';
import { untilSeen } from './until-seen.ts';

/** A lab and how its readers come in. */
export interface ReadersUnderTest {
  readonly lab: () => Lab;
  /** Settings that a `stats` deployment needs here. */
  readonly env?: Readonly<Record<string, string>>;
  /** The application version that answers at an instance's URL or at that of REST, over a connection of its own; rejects where nothing usable does. */
  readonly versionAt: (url: string) => Promise<string>;
  /** How long one change may take to be seen; default 30 s. */
  readonly limitMs?: number;
  /** Pause between two looks at whether it is seen; default 50 ms. */
  readonly pauseMs?: number;
}

/** Readers that ask at the same time. */
const readers = 4;
const manyAnswers = 300;
const answersThatShow = 100;
/** So many of one version after each other are no chance where shares are even. */
const answersThatSettle = 20;

/** Declares the tests; the lab's deployments `stats` and `stats-green` are theirs, and gone afterwards. */
export function describeReaders(subject: ReadersUnderTest): void {
  const { lab, versionAt, env = {} } = subject;
  describe('readers', () => {
    /** Versions that answer readers, so many times. */
    const read = async (times: number): Promise<readonly string[]> => {
      const each = Array.from({ length: readers }, async () => {
        const versions: string[] = [];
        for (let asked = 0; asked < times / readers; asked++)
          versions.push(await versionAt(lab().addresses.rest));
        return versions;
      });
      return (await Promise.all(each)).flat();
    };
    /** Reads without a pause until the work is done; rejects with the first failure of either. */
    const readWhile = async (work: Promise<void>): Promise<void> => {
      let done = false;
      const working = work.finally(() => {
        done = true;
      });
      const reading = (async () => {
        while (!done) await read(readers);
      })();
      await Promise.all([working, reading]);
    };
    const untilOnly = (version: string, answers = answersThatSettle): Promise<true> =>
      untilSeen(async () => {
        const versions = await read(answers);
        return versions.every((each) => each === version) || undefined;
      }, subject);

    const stats: DeploymentSpec = { name: 'stats', role: 'stats', version: 'v1', replicas: 1, env };
    const green = { ...stats, name: 'stats-green', version: 'v2' };
    before(async () => {
      await lab().deploy(stats);
      await lab().deploy(green);
    });
    after(async () => {
      await Promise.all([lab().remove('stats'), lab().remove('stats-green')]);
    });

    test('are shared out among all that are ready before any weight is given', async () => {
      await untilSeen(
        async () => new Set(await read(answersThatSettle)).size === 2 || undefined,
        subject,
      );
    });

    test('go where the weights send them, in their parts', async () => {
      for (const [weights, version] of [
        [{ stats: 1, 'stats-green': 0 }, 'v1'],
        [{ stats: 0, 'stats-green': 1 }, 'v2'],
        [{ stats: 1 }, 'v1'],
      ] as const) {
        await lab().route(weights);
        await untilOnly(version);
        assert.deepEqual([...new Set(await read(answersThatShow))], [version]);
      }
      await lab().route({ stats: 1, 'stats-green': 3 });
      await untilSeen(
        async () => (await read(answersThatSettle)).includes('v2') || undefined,
        subject,
      );
      const versions = await read(manyAnswers);
      const part = versions.filter((version) => version === 'v2').length / versions.length;
      assert.ok(part > 0.6 && part < 0.9, `${part} of the readers, not about 0.75, got v2`);
    });

    test('see no failure while weights change', async () => {
      const change = async (): Promise<void> => {
        for (let green = 0; green <= 10; green++) {
          await lab().route({ stats: 10 - green, 'stats-green': green });
          await read(answersThatSettle);
        }
        // So many that nine parts of ten, as it was before, do not look like all.
        await untilOnly('v2', answersThatShow);
      };
      await readWhile(change());
    });

    test('cannot be sent to what is not there, nor nowhere', async () => {
      await assert.rejects(lab().route({ stats: 1, 'nobody-7': 1 }), /"nobody-7"/);
      await assert.rejects(lab().route({ stats: 0, 'stats-green': 0 }), /above 0/);
      assert.deepEqual([...new Set(await read(answersThatSettle))], ['v2']);
    });
  });
}
