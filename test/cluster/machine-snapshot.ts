/** Notes what a cluster could leave on the machine, and says what differs between two moments. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import type { Stats } from 'node:fs';
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** Lines of each aspect of the machine, e.g. of `mounts`. */
export type MachineSnapshot = Readonly<Record<string, readonly string[]>>;

/** Settings that count or draw something: they never stay. */
const restless =
  /\/(fs\/quota\/\w+|dentry-state|file-nr|inode-(nr|state)|ns_last_pid|random\/\w+|nf_conntrack_count|pty\/nr|aio-nr)$/;

/** Folders outside /etc into which a cluster's programs write where nobody hinders them. */
const writtenInto = ['/', '/opt', '/run', '/usr/libexec', '/usr/local', '/var/lib', '/var/log'];

/** What a cluster runs in the machine's own process namespace; others' processes come and go. */
const ownPrograms = ['unshare', 'nsenter', 'setsid', 'pause', 'kube', 'etcd', 'containerd', 'ctr'];

/** The machine as it is, apart from the cgroups and process namespaces that are given. */
export function takeSnapshot(others: Others = { cgroups: [], namespaces: [] }): MachineSnapshot {
  const isOthers = (path: string): boolean =>
    others.cgroups.some((cgroup) => `${path}/`.includes(`/${cgroup}/`));
  const isFolder = (stats: Stats): boolean => stats.isDirectory();
  return {
    interfaces: withoutNumbers(lines('ip', '-oneline', 'link')),
    addresses: withoutNumbers(lines('ip', '-oneline', '-4', 'address')),
    routes: lines('ip', '-4', 'route', 'show', 'table', 'all'),
    'network namespaces': listFolder('/run/netns'),
    mounts: readFileSync('/proc/self/mountinfo', 'utf8').trim().split('\n'),
    ...firewalls(),
    cgroups: walk('/sys/fs/cgroup', isFolder).filter((path) => !isOthers(path)),
    settings: readSettings(),
    etc: walk('/etc', () => true).map(describeFile),
    folders: writtenInto.flatMap(listFolder),
    processes: listProcesses(others.namespaces),
  };
}

/** What belongs to clusters that others use meanwhile. */
export interface Others {
  /** Names below the root of every hierarchy. */
  readonly cgroups: readonly string[];
  /** Process namespaces, as /proc names them. */
  readonly namespaces: readonly string[];
}

/** The clusters that are there already. */
export function findOthers(): Others {
  const own = readlinkSync('/proc/self/ns/pid');
  const namespaces = new Set(processIds().flatMap((pid) => namespaceOf(pid) ?? []));
  namespaces.delete(own);
  const cgroups = walk('/sys/fs/cgroup', (stats) => stats.isDirectory())
    .map((path) => basename(path))
    .filter((name) => name.startsWith('cutover-'));
  return { cgroups: [...new Set(cgroups)], namespaces: [...namespaces] };
}

/** What was added (`+`) and what is gone (`-`), by aspect. */
export function findDifferences(
  before: MachineSnapshot,
  after: MachineSnapshot,
): readonly string[] {
  return Object.keys({ ...before, ...after }).flatMap((aspect) => {
    const [old, now] = [new Set(before[aspect]), new Set(after[aspect])];
    return [
      ...[...old].filter((line) => !now.has(line)).map((line) => `${aspect} - ${line}`),
      ...[...now].filter((line) => !old.has(line)).map((line) => `${aspect} + ${line}`),
    ];
  });
}

/** Differences that stay: what others do meanwhile is over after a moment, what was left is not. */
export async function findLastingDifferences(
  before: MachineSnapshot,
  others: Others,
): Promise<readonly string[]> {
  let differences: readonly string[] = [];
  for (let tries = 0; tries < 10; tries++) {
    const found = findDifferences(before, takeSnapshot(others));
    if (found.length === 0) return [];
    differences = found;
    await delay(500);
  }
  return differences;
}

/** Rules without their counters and times. */
function firewalls(): MachineSnapshot {
  const programs = ['iptables-nft', 'iptables-legacy', 'ip6tables-nft', 'ip6tables-legacy'];
  return Object.fromEntries(
    programs.map((program) => [
      program,
      lines(`${program}-save`)
        .filter((line) => !line.startsWith('#'))
        .map((line) => line.replace(/\[\d+:\d+\]/, '')),
    ]),
  );
}

function readSettings(): readonly string[] {
  return walk('/proc/sys', (stats) => stats.isFile() && (stats.mode & 0o444) !== 0)
    .filter((path) => !restless.test(path))
    .map((path) => `${path} = ${read(path)}`);
}

function describeFile(path: string): string {
  const stats = lstatSync(path);
  const what = stats.isFile()
    ? createHash('sha256').update(readFileSync(path)).digest('hex').slice(0, 16)
    : '';
  const link = stats.isSymbolicLink() ? ` → ${readlinkSync(path)}` : '';
  return `${path}${link} ${stats.mode.toString(8)} ${stats.uid}:${stats.gid} ${what}`;
}

function listProcesses(namespaces: readonly string[]): readonly string[] {
  const own = readlinkSync('/proc/self/ns/pid');
  const isOthers = (pid: number): boolean =>
    ancestorsOf(pid).some((each) => namespaces.includes(namespaceOf(each) ?? ''));
  return processIds().flatMap((pid) => {
    const namespace = namespaceOf(pid);
    const command = read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim();
    if (namespace === undefined || command === '' || isOthers(pid)) return [];
    const isOwnProgram = ownPrograms.includes(basename(command.split(' ')[0] ?? ''));
    return namespace !== own || isOwnProgram ? [`${pid} ${command}`] : [];
  });
}

function processIds(): readonly number[] {
  return listNames('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** A process, its parent, and so on; a pod's lead to the node that it runs on. */
function ancestorsOf(pid: number): readonly number[] {
  const parent = Number(/^PPid:\s*(\d+)/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0);
  return parent === 0 ? [pid] : [pid, ...ancestorsOf(parent)];
}

function namespaceOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`);
  } catch {
    // Ended meanwhile.
    return undefined;
  }
}

function withoutNumbers(texts: readonly string[]): readonly string[] {
  return texts.map((line) => line.replace(/^\d+: /, '').replace(/valid_lft.*/, ''));
}

function lines(program: string, ...args: readonly string[]): readonly string[] {
  const { stdout, error } = spawnSync(program, args, { encoding: 'utf8' });
  // Not every machine has every kind of firewall; where its program is missing nobody used it.
  return error ? [] : stdout.trimEnd().split('\n');
}

function listFolder(folder: string): readonly string[] {
  return listNames(folder).map((name) => join(folder, name));
}

function listNames(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}

/** Paths of all that is wanted below a folder; links are not followed. */
function walk(folder: string, isWanted: (stats: Stats) => boolean): readonly string[] {
  return listNames(folder).flatMap((name) => {
    const path = join(folder, name);
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (!stats) return [];
    const below = stats.isDirectory() ? walk(path, isWanted) : [];
    return isWanted(stats) ? [path, ...below] : below;
  });
}

/** A file of the kernel's; empty where it may not be read or is gone. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}
