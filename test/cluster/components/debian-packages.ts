/** Programs from the distribution's packages, unpacked into the cache: nothing is installed into the system. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cached, isCached } from '../../../src/platform/local/artifacts/cache.ts';
import { ProcessError } from '../../../src/platform/local/errors.ts';
import { ClusterError } from '../errors.ts';
import { clusterCache } from '../layout.ts';
import type { RunOptions } from '../run-program.ts';
import { runProgram } from '../run-program.ts';
import type { Log } from '../steps.ts';
import { step } from '../steps.ts';

const packages = [
  'busybox-static',
  'containerd',
  'containernetworking-plugins',
  'etcd-server',
  'runc',
] as const;

/** Where the unpacked programs lie, below the component's folder. */
export const packageFolders = {
  /** Of runc. */
  runtime: 'usr/sbin',
  /** Of containerd, its client and etcd. */
  client: 'usr/bin',
  networkPlugins: 'usr/lib/cni',
  busybox: 'bin/busybox',
} as const;

/** Folder of the unpacked packages; they are fetched first where they are not there. */
export async function debianPackages(log: Log, signal: AbortSignal | undefined): Promise<string> {
  const folder = packagesFolder();
  if (isCached(folder)) return folder;
  requireApt();
  return step(log, `fetch ${packages.join(', ')} with apt-get, once, without installing them`, () =>
    cached({ folder, fill: (result) => fill(result, { signal }) }, ({ part, message }) =>
      log(`… ${part}: ${message}`),
    ),
  );
}

/** Whether the packages need not be fetched. */
export function arePackagesFetched(): boolean {
  return isCached(packagesFolder());
}

/** Whether this machine has the client that fetches them. */
export function hasApt(): boolean {
  return existsSync('/usr/bin/apt-get') && existsSync('/usr/bin/dpkg-deb');
}

function requireApt(): void {
  if (hasApt()) return;
  throw new ClusterError(
    'UNSUPPORTED',
    'apt-get is missing, from which the test cluster takes containerd, runc and etcd: use Debian or Ubuntu',
  );
}

async function fill(result: string, options: RunOptions): Promise<void> {
  const archives = join(result, '.archives');
  mkdirSync(archives);
  await download(archives, options);
  for (const archive of readdirSync(archives).filter((name) => name.endsWith('.deb'))) {
    await runProgram('dpkg-deb', ['--extract', join(archives, archive), result], options);
  }
  rmSync(archives, { recursive: true });
}

/** A new machine has no lists of packages, so those are fetched where the first try fails. */
async function download(folder: string, options: RunOptions): Promise<void> {
  // Apt's own user may not write into a folder of root's.
  const args = ['-o', 'APT::Sandbox::User=root', 'download', ...packages];
  const run = () => runProgram('apt-get', args, { ...options, cwd: folder });
  try {
    await run();
  } catch (error) {
    if (!(error instanceof ProcessError)) throw error;
    await runProgram('apt-get', ['update'], options);
    await run();
  }
}

/** One folder for each release of the distribution: it decides on the versions. */
function packagesFolder(): string {
  const release = readFileSync('/etc/os-release', 'utf8');
  const [id, version] = ['ID', 'VERSION_ID'].map((field) => {
    const pattern = new RegExp(`^${field}="?([^"\n]*)`, 'm');
    return pattern.exec(release)?.[1] ?? 'unknown';
  });
  const key = createHash('sha256')
    .update(`${release} ${process.arch} ${packages}`)
    .digest('hex')
    .slice(0, 12);
  return join(clusterCache(), `packages-${id}-${version}-${key}`);
}
