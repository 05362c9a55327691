/** Tests what is predicted of runs that the matrix does not have: ways back, defects, rewinds, several upgrades, too few records. */

import assert from 'node:assert/strict';
import test, { suite } from 'node:test';
import type { Experiment, Upgrade } from '../../../src/experiment/experiment.ts';
import { cellExperiment, cellOf } from '../../../src/experiment/planner/cells.ts';
import { predict } from '../../../src/experiment/planner/predict.ts';

const base = cellExperiment(
  cellOf({
    pair: 'v1-v2',
    strategy: 'canary',
    order: 'consumers-first',
    compatibility: 'BACKWARD',
    style: 'optional',
  }),
);
const [good] = base.upgrades as readonly [Upgrade];

/** An experiment like the safe one, with an upgrade (or several) and other things changed. */
function experiment(
  change: Partial<Upgrade> | readonly Partial<Upgrade>[],
  more: Partial<Experiment> = {},
): Experiment {
  const changes = Array.isArray(change) ? change : [change];
  return { ...base, upgrades: changes.map((each) => ({ ...good, ...each })), ...more };
}

/** Verdict, outcome and kinds in one line. */
function answer(asked: Experiment): string {
  const { verdict, outcome, findings } = predict(asked);
  const kinds = [...new Set(findings.map(({ kind }) => kind))].toSorted();
  return [verdict, outcome, ...kinds].join(' ');
}

function titles(asked: Experiment): readonly string[] {
  return predict(asked).states.map(({ title }) => title);
}

suite('the states', () => {
  test('of a rolling upgrade, consumers first', () => {
    assert.deepEqual(titles(experiment({ strategy: 'rolling' })), [
      'all at v1',
      'stats at v1 and v2',
      'stats at v2',
      'back end at v1 and v2',
      'back end at v2',
      'generator at v1 and v2',
      'generator at v2',
    ]);
  });

  test('of blue-green, producers first', () => {
    const asked = experiment({ strategy: 'blue-green', order: 'producers-first' });
    assert.deepEqual(titles(asked), [
      'all at v1',
      'generator at v2',
      'back end: green v2 replays the log beside blue v1',
      'back end: green v2 promoted, blue v1 kept warm',
      'stats at v2',
    ]);
  });

  test('say whose records may still be read: the last ones just before, all of them in a replay', () => {
    const { states } = predict(experiment({ strategy: 'rolling', order: 'producers-first' }));
    assert.deepEqual(
      states.map(({ readable }) => readable.join()),
      ['v1', 'v1,v2', 'v1,v2', 'v2', 'v2', 'v2', 'v2'],
    );
    const green = { strategy: 'blue-green', to: 'v3' } as const;
    const before = [{ version: 'v1', records: 1 }];
    const replayed = predict(experiment(green, { start: 'v2', before })).states[2];
    assert.deepEqual(replayed?.readable.toSorted(), ['v1', 'v2']);
  });

  test('of a canary that is taken back half-way lead back, last changed first', () => {
    assert.deepEqual(titles(experiment({ rollback: 50 })).slice(4), [
      'back end: 25 % at v2, the rest at v1',
      'back end: 50 % at v2, the rest at v1',
      'taken back: back end at v1',
      'taken back: stats at v1',
    ]);
  });

  test('of stop-all have one in which nothing runs', () => {
    const asked = experiment({ strategy: 'stop-all' });
    assert.deepEqual(titles(asked), ['all at v1', 'nothing runs', 'all at v2']);
  });
});

suite('a way back', () => {
  for (const rollback of [25, 50, 100, 'after-new-state'] as const) {
    for (const strategy of ['rolling', 'canary', 'blue-green', 'stop-all'] as const) {
      test(`at ${rollback} of ${strategy}, consumers first, does no harm to data`, () => {
        const expected =
          strategy === 'stop-all' ? 'unsafe rolled-back unavailable' : 'safe rolled-back';
        assert.equal(answer(experiment({ strategy, rollback })), expected);
      });
    }
  }

  test('of a rolling upgrade, producers first, leaves what is stale', () => {
    const change = { strategy: 'rolling', order: 'producers-first', rollback: 50 } as const;
    assert.equal(answer(experiment(change)), 'accepted-but-unsafe rolled-back stale');
  });

  test('from blue-green, producers first, leaves blue as it was', () => {
    const change = { strategy: 'blue-green', order: 'producers-first' } as const;
    for (const rollback of [25, 100, 'after-new-state'] as const) {
      assert.equal(answer(experiment({ ...change, rollback })), 'safe rolled-back');
    }
  });

  test('registers the old schemas again where services had changed, and nothing refuses them', () => {
    const back = (rollback: Upgrade['rollback']) =>
      predict(experiment({ rollback }, { compatibility: 'FULL_TRANSITIVE' }))
        .registrations.filter(({ version }) => version === 'v1')
        .map(({ subject, accepted }) => `${subject} ${accepted}`);
    assert.deepEqual(back(50), ['summary-stats-value true']);
    assert.deepEqual(back('after-new-state'), [
      'raw-data-in-value true',
      'summary-stats-value true',
    ]);
  });
});

suite('a defective build', () => {
  const answers = {
    crash: ['safe rolled-back', 'safe rolled-back'],
    slow: ['safe rolled-back', 'safe rolled-back'],
    'double-count': ['accepted-but-unsafe rolled-back duplicated', 'safe rolled-back'],
    'wrong-month': ['accepted-but-unsafe rolled-back duplicated lost', 'safe rolled-back'],
    'bad-schema': ['rejected refused undecodable', 'rejected refused undecodable'],
  } as const;
  for (const [build, [canary, green]] of Object.entries(answers)) {
    const of = build as Upgrade['build'];
    test(`${build} as a canary: ${canary}`, () => {
      assert.equal(answer(experiment({ build: of })), canary);
    });
    test(`${build} as green: ${green}`, () => {
      assert.equal(answer(experiment({ build: of, strategy: 'blue-green' })), green);
    });
  }

  test('bad-schema under NONE is taken back when its records cannot be read', () => {
    const asked = experiment({ build: 'bad-schema' }, { compatibility: 'NONE' });
    assert.equal(answer(asked), 'unsafe rolled-back undecodable');
    const [finding] = predict(asked).findings;
    assert.equal(finding?.state, 'generator: 25 % at v2, the rest at v1');
    assert.equal(finding?.record?.manufactured_qty, '90');
  });

  test('bad-schema is refused by every mode but NONE, with the field named', () => {
    const modes = ['BACKWARD', 'FORWARD', 'FULL'] as const;
    for (const compatibility of modes) {
      const { registrations } = predict(experiment({ build: 'bad-schema' }, { compatibility }));
      const refused = registrations.filter(({ accepted }) => !accepted);
      assert.match(refused.map(({ reasons }) => reasons).join(), /field manufactured_qty is/);
    }
  });
});

suite('a rewind', () => {
  test('after a FORWARD upgrade finds what nobody had to read', () => {
    const change = { strategy: 'rolling', order: 'producers-first' } as const;
    const more = { compatibility: 'FORWARD', style: 'required' } as const;
    assert.equal(answer(experiment(change, more)), 'accepted-but-unsafe promoted stale');
    const rewound = experiment(change, { ...more, afterwards: 'rewind' });
    assert.equal(answer(rewound), 'accepted-but-unsafe promoted undecodable');
    assert.equal(
      predict(rewound).findings[0]?.state,
      'rewind: back end v2 counts the whole log again',
    );
  });

  test('heals what is stale, and damage in totals', () => {
    const change = { strategy: 'rolling', order: 'producers-first' } as const;
    assert.equal(answer(experiment(change, { afterwards: 'rewind' })), 'safe promoted');
    const damaged = experiment({ build: 'double-count' }, { afterwards: 'rewind' });
    assert.equal(answer(damaged), 'safe rolled-back');
  });
});

suite('several upgrades', () => {
  test('of one run may all be safe', () => {
    assert.equal(answer(experiment([{ to: 'v2' }, { to: 'v3' }])), 'safe promoted');
  });

  test('end with the first that is taken back', () => {
    const asked = experiment([{ to: 'v2' }, { to: 'v3' }], {
      style: 'required',
      compatibility: 'NONE',
    });
    assert.equal(answer(asked), 'unsafe rolled-back undecodable');
    assert.ok(titles(asked).every((title) => !title.includes('v3')));
  });

  test('may fail in the second only: its schema is judged beside all before it', () => {
    const style = 'tightened';
    const upgrades = [{ to: 'v2' }, { to: 'v3' }];
    const transitive = experiment(upgrades, { style, compatibility: 'BACKWARD_TRANSITIVE' });
    assert.equal(answer(transitive), 'rejected-but-safe refused');
    assert.equal(answer(experiment(upgrades, { style })), 'safe promoted');
    const green = experiment([{ to: 'v2' }, { to: 'v3', strategy: 'blue-green' }], { style });
    assert.equal(answer(green), 'accepted-but-unsafe rolled-back undecodable');
  });

  test('by blue-green heal what the one before left stale', () => {
    const first = { to: 'v2', strategy: 'rolling', order: 'producers-first' } as const;
    assert.equal(answer(experiment([first, { to: 'v3' }])), 'accepted-but-unsafe promoted stale');
    assert.equal(
      answer(experiment([first, { to: 'v3', strategy: 'blue-green' }])),
      'safe promoted',
    );
  });
});

suite('too few records', () => {
  const stale = { strategy: 'rolling', order: 'producers-first' } as const;

  test('for a whole month in each step leave open what only a whole month shows', () => {
    assert.equal(answer(experiment({ ...stale, bakeRecords: 2000 })), 'inconclusive promoted');
    assert.equal(answer(experiment({ bakeRecords: 2000 })), 'safe promoted');
    const style = 'defaulted';
    assert.equal(answer(experiment({ bakeRecords: 2000 }, { style })), 'inconclusive promoted');
  });

  test('hide nothing that cannot be read, and nothing that green counts', () => {
    const required = { style: 'required', compatibility: 'NONE' } as const;
    const few = { bakeRecords: 1 };
    assert.equal(answer(experiment(few, required)), 'unsafe rolled-back undecodable');
    const green = { ...few, strategy: 'blue-green' } as const;
    const lied = 'accepted-but-unsafe rolled-back mis-aggregated';
    assert.equal(answer(experiment(green, { style: 'defaulted' })), lied);
  });

  test('of each month, as a shuffled order has them, do the same', () => {
    const workload = { ...base.workload, order: 'shuffled' } as const;
    assert.equal(answer(experiment(stale, { workload })), 'inconclusive promoted');
  });
});
