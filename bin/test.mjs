/** Runs the checks and tests: all of them, or the suites named (`node bin/test.mjs check unit`). */

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { findNode, prepare, root, runProgram } from './prepare.mjs';

const colours = process.stdout.isTTY ? 'force' : 'off';

/** The tool of each check, with its arguments; it runs on Node 24 as everything else does. */
const checks = {
  'format and lint': ['biome', 'ci', '--error-on-warnings', `--colors=${colours}`],
  types: ['tsc'],
  'types of the page': ['tsc', '-p', 'src/app/stats/page'],
  'types of the report': ['tsc', '-p', 'src/report/page'],
  'unused code': ['knip'],
};

/** What starts a lab has the machine for itself; of unit tests, starting a process for each file was the most of the time. */
const ONE_AFTER_THE_OTHER = '--test-concurrency=1';
const IN_ONE_PROCESS = '--test-isolation=none';

/** A test file belongs to the first suite whose start of path it has; the last one takes the rest. A `program` runs its files in its own order. */
const suites = {
  integration: { starts: ['integration/', 'contract/'], each: ONE_AFTER_THE_OTHER },
  browser: { starts: ['browser/'], each: ONE_AFTER_THE_OTHER },
  upgrades: { starts: ['upgrades/'], each: ONE_AFTER_THE_OTHER },
  cluster: { starts: ['cluster/'], each: ONE_AFTER_THE_OTHER },
  k8s: { starts: ['kubernetes/'], program: 'test/kubernetes/suite.ts' },
  readme: { starts: ['readme.test.ts'], each: ONE_AFTER_THE_OTHER },
  unit: { starts: [''], each: IN_ONE_PROCESS },
};

/** Order in which everything runs: what answers in seconds first. */
const order = ['check', 'unit', 'integration', 'browser', 'readme', 'upgrades', 'cluster', 'k8s'];

/** Run only where they are named: they take the README's commands, every experiment, and a cluster. */
const onDemand = ['readme', 'upgrades', 'cluster', 'k8s'];

/** They start a Kubernetes cluster. */
const onCluster = ['cluster', 'k8s'];

async function main() {
  const wanted = process.argv.slice(2);
  const unknown = wanted.filter((name) => !order.includes(name));
  if (unknown.length > 0) {
    process.stderr.write(`unknown suite: ${unknown.join(', ')} (there are: ${order.join(', ')})\n`);
    process.exit(64);
  }
  prepare();
  const results = [];
  const chosen = wanted.length > 0 ? wanted : order.filter((name) => !onDemand.includes(name));
  for (const name of order.filter((each) => chosen.includes(each))) {
    results.push(...(name === 'check' ? await runChecks() : [await runSuite(name)]));
  }
  printSummary(results);
  process.exit(results.every((result) => result.passed) ? 0 : 1);
}

async function runChecks() {
  const results = [];
  for (const [name, [tool, ...args]] of Object.entries(checks)) {
    results.push(await step(name, [join(root, 'node_modules/.bin', tool), ...args]));
  }
  return results;
}

async function runSuite(name) {
  const files = listTestFiles().filter((file) => suiteOf(file) === name);
  if (files.length === 0) return { name: `${name} tests`, passed: false, note: 'none there' };
  if (name === 'browser' && !prepareBrowser()) {
    const note = 'no Chromium is on the path. Mend: sudo apt-get install chromium';
    return { name: `${name} tests`, passed: false, note };
  }
  if (onCluster.includes(name) && !mayStartCluster()) {
    const note = `SKIPPED: a cluster can only be started on Linux, as root. Mend: sudo npm run test:${name}`;
    return { name: `${name} tests`, passed: true, note };
  }
  const { each, program } = suites[name];
  return step(`${name} tests`, [
    '--disable-warning=ExperimentalWarning',
    ...(program ? [program] : ['--test', '--test-reporter=spec', each]),
    ...files.map((file) => `test/${file}`),
  ]);
}

function listTestFiles() {
  const entries = readdirSync(join(root, 'test'), { recursive: true });
  return entries.filter((path) => path.endsWith('.test.ts')).sort();
}

function suiteOf(file) {
  return Object.keys(suites).find((name) =>
    suites[name].starts.some((start) => file.startsWith(start)),
  );
}

async function step(name, args) {
  process.stdout.write(`\n── ${name}\n`);
  const startMs = performance.now();
  const node = findNode();
  // Tools that call `node` by name get the same one.
  const env = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH}` };
  const { code, signal } = await runProgram(node, args, { cwd: root, env });
  if (signal !== null) {
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  }
  return { name, passed: code === 0, seconds: (performance.now() - startMs) / 1000 };
}

/** Whether the Chromium for the browser tests is there; where we may install packages, it is installed. */
function prepareBrowser() {
  const names = ['chromium', 'chromium-browser', 'google-chrome'];
  const folders = process.env.PATH.split(delimiter);
  const isThere = () =>
    process.env.CHROMIUM !== undefined ||
    names.some((name) => folders.some((folder) => existsSync(join(folder, name))));
  if (!isThere() && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    process.stderr.write('installing Chromium for the browser tests (apt-get install chromium)…\n');
    const options = {
      stdio: ['ignore', 2, 2],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    };
    spawnSync('apt-get', ['update', '-qq'], options);
    spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], options);
  }
  return isThere();
}

function mayStartCluster() {
  return process.platform === 'linux' && process.getuid() === 0;
}

function printSummary(results) {
  const width = Math.max(...results.map((result) => result.name.length));
  const lines = results.map(({ name, passed, seconds, note }) => {
    const time = note ?? `${seconds.toFixed(1)} s`;
    const good = note ? '○' : '✔';
    return `${passed ? good : '✖'} ${name.padEnd(width)}  ${time}`;
  });
  process.stdout.write(`\n${lines.join('\n')}\n`);
}

await main();
