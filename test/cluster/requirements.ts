/** What the machine must be and have, all problems at once. */
import { accessSync, constants, statfsSync } from 'node:fs';
import { totalmem } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Packages } from '../../images/tools.ts';
import { arePackagesFetched, hasApt } from './components/debian-packages.ts';
import { isBuilt } from './components/go-component.ts';
import type { GoProgram } from './components/go-programs.ts';
import { ClusterError } from './errors.ts';
import { clusterCache } from './layout.ts';

/** Programs of the system that are called, with the Debian package that brings them. */
export const systemTools: Packages = {
  hostname: 'hostname',
  ip: 'iproute2',
  iptables: 'iptables',
  mount: 'mount',
  nice: 'coreutils',
  nsenter: 'util-linux',
  openssl: 'openssl',
  sysctl: 'procps',
  tar: 'tar',
  unshare: 'util-linux',
};

/** Folders that a node covers with its own, so the cache may not lie there. */
const covered = ['/run/', '/var/lib/', '/var/log/'];

const leastMemoryBytes = 3e9;
const firstBuildBytes = 12e9;

/** One sentence where no cluster can be run on such a machine by such a user; undefined where one can. */
export function whyUnsupported(
  platform: string = process.platform,
  userId: number | undefined = process.getuid?.(),
): string | undefined {
  if (platform !== 'linux') {
    return `the test cluster needs Linux, this is ${platform}: use a Linux machine, or a cluster of your own`;
  }
  if (userId === 0) return undefined;
  return 'the test cluster needs root, for namespaces, mounts and cgroups: run it with sudo, or use a cluster of your own';
}

/** Throws one {@link ClusterError} that names everything that is missing. */
export function requireMachine(programs: readonly GoProgram[]): void {
  const unsupported = whyUnsupported();
  if (unsupported) throw new ClusterError('UNSUPPORTED', unsupported);
  const problems = [...findProblems(), ...findBuildProblems(programs)];
  if (problems.length > 0) throw new ClusterError('TOOL_MISSING', problems.join('\n'));
}

function findProblems(): readonly string[] {
  const problems: string[] = [];
  const missing = Object.keys(systemTools).filter((tool) => !isOnPath(tool));
  if (missing.length > 0) {
    const packages = [...new Set(missing.map((tool) => systemTools[tool]))].join(' ');
    problems.push(`missing: ${missing.join(', ')}. Mend: apt-get install ${packages}`);
  }
  const cache = clusterCache();
  if (covered.some((folder) => `${cache}/`.startsWith(folder))) {
    problems.push(
      `the cache ${cache} lies where nodes have folders of their own. Mend: set CUTOVER_CACHE`,
    );
  }
  if (totalmem() < leastMemoryBytes) {
    const gigabytes = (totalmem() / 1e9).toFixed(1);
    problems.push(
      `the cluster needs 3 GB of memory, this machine has ${gigabytes}: use a larger one`,
    );
  }
  return problems;
}

/** What only a first run needs. */
function findBuildProblems(programs: readonly GoProgram[]): readonly string[] {
  const problems: string[] = [];
  if (!arePackagesFetched() && !hasApt()) {
    problems.push(
      'apt-get is missing, which brings containerd, runc and etcd: use Debian or Ubuntu',
    );
  }
  const toBuild = programs.filter((program) => !isBuilt(program));
  if (toBuild.length === 0) return problems;
  if (!isOnPath('go')) {
    const names = toBuild.map(({ name }) => name).join(', ');
    problems.push(
      `missing: go 1.26 or newer, to build ${names}. Mend: see https://go.dev/doc/install`,
    );
  }
  const free = freeBytes();
  if (free < firstBuildBytes) {
    const gigabytes = (free / 1e9).toFixed(1);
    problems.push(
      `a first build needs 12 GB of disk, ${gigabytes} are free: make room, or set CUTOVER_CACHE`,
    );
  }
  return problems;
}

function freeBytes(): number {
  const { bavail, bsize } = statfsSync(nearestFolder(clusterCache()));
  return bavail * bsize;
}

/** The folder itself, or the nearest above it that is there. */
function nearestFolder(path: string): string {
  try {
    accessSync(path);
    return path;
  } catch {
    return nearestFolder(join(path, '..'));
  }
}

function isOnPath(tool: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, tool), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
