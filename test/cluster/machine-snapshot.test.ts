/** Plants what a cluster could leave, each kind once, and sees that the comparison notices it. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before, suite } from 'node:test';
import { requireTools } from '../../images/tools.ts';
import { makeCgroup, removeCgroup } from './machine/cgroups.ts';
import { findDifferences, findOthers, takeSnapshot } from './machine-snapshot.ts';
import { systemTools } from './requirements.ts';

/** Something left behind, and how to be rid of it again. */
interface Plant {
  readonly aspect: string;
  readonly plant: () => void;
  readonly remove: () => void | Promise<void>;
}

const planted = 'cutover-plant';

function run(program: string, ...args: readonly string[]): void {
  const { status, stderr, error } = spawnSync(program, args, { encoding: 'utf8' });
  assert.equal(status, 0, `${program} ${args.join(' ')}: ${error?.message ?? stderr}`);
}

const folder = mkdtempSync(join(tmpdir(), 'cutover-plant-'));
const stray = { pid: 0 };

const timeToLive = '/proc/sys/net/ipv4/ip_default_ttl';
const firstTimeToLive = readFileSync(timeToLive, 'utf8');

const plants: readonly Plant[] = [
  {
    aspect: 'interfaces',
    plant: () => run('ip', 'link', 'add', planted, 'type', 'bridge'),
    remove: () => run('ip', 'link', 'delete', planted),
  },
  {
    aspect: 'routes',
    plant: () => run('ip', 'route', 'add', 'blackhole', '10.186.0.0/24'),
    remove: () => run('ip', 'route', 'delete', 'blackhole', '10.186.0.0/24'),
  },
  {
    aspect: 'mounts',
    plant: () => run('mount', '-t', 'tmpfs', 'tmpfs', folder),
    remove: () => run('umount', folder),
  },
  {
    aspect: 'iptables-nft',
    plant: () => run('iptables-nft', '-N', 'CUTOVER-PLANT'),
    remove: () => run('iptables-nft', '-X', 'CUTOVER-PLANT'),
  },
  {
    aspect: 'cgroups',
    plant: () => makeCgroup(planted),
    remove: () => removeCgroup(planted),
  },
  {
    aspect: 'settings',
    plant: () => writeFileSync(timeToLive, String(Number(firstTimeToLive) + 1)),
    remove: () => writeFileSync(timeToLive, firstTimeToLive),
  },
  {
    aspect: 'etc',
    plant: () => writeFileSync(`/etc/${planted}`, ''),
    remove: () => rmSync(`/etc/${planted}`),
  },
  {
    aspect: 'folders',
    plant: () => mkdirSync(`/opt/${planted}`),
    remove: () => rmdirSync(`/opt/${planted}`),
  },
  {
    aspect: 'processes',
    plant: () => {
      stray.pid =
        spawn('unshare', ['--fork', '--pid', '--kill-child', 'sleep', '60'], { stdio: 'ignore' })
          .pid ?? 0;
    },
    remove: () => {
      process.kill(stray.pid, 'SIGKILL');
    },
  },
];

after(() => rmSync(folder, { recursive: true }));

suite('what a cluster could leave is noticed', () => {
  before(() => requireTools(systemTools, (line) => void process.stderr.write(`${line}\n`)));

  for (const { aspect, plant, remove } of plants) {
    test(aspect, async () => {
      const others = findOthers();
      const before = takeSnapshot(others);
      plant();
      try {
        const aspects = findDifferences(before, takeSnapshot(others)).map((line) =>
          line.split(/ [+-] /).at(0),
        );
        assert.ok(aspects.includes(aspect), `it noticed ${aspects}`);
      } finally {
        await remove();
      }
    });
  }
});
