/** The container images that the cluster itself runs, made from static programs. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cached } from '../../../src/platform/local/artifacts/cache.ts';
import { clusterCache } from '../layout.ts';
import type { Log } from '../steps.ts';
import { step } from '../steps.ts';
import { packageFolders } from './debian-packages.ts';
import { coredns, localPathProvisioner, pause, traefik } from './go-programs.ts';
import { fullName } from './image-name.ts';
import { packImage } from './oci-archive.ts';

/** Folders of the components that images are made from. */
export interface ImageSources {
  readonly coredns: string;
  readonly localPathProvisioner: string;
  readonly packages: string;
  readonly pause: string;
  readonly traefik: string;
}

/** Short names of the images, as manifests write them. */
export const images = {
  busybox: 'cutover/busybox:1',
  coredns: `cutover/coredns:${coredns.version}`,
  localPathProvisioner: `cutover/local-path-provisioner:${localPathProvisioner.version}`,
  pause: `cutover/pause:${pause.version}`,
  traefik: `cutover/traefik:${traefik.version}`,
} as const;

const nobody = '65532:65532';

/** Paths of the images' archives; they are made first where they are not there. */
export async function imageArchives(sources: ImageSources, log: Log): Promise<readonly string[]> {
  const folder = join(clusterCache(), `images-${keyOf(sources)}`);
  const names = Object.keys(images).map((name) => join(folder, `${name}.tar`));
  await cached(
    {
      folder,
      fill: (result) => step(log, 'pack the cluster’s own images', () => packAll(result, sources)),
    },
    ({ part, message }) => log(`… ${part}: ${message}`),
  );
  return names;
}

async function packAll(folder: string, sources: ImageSources): Promise<void> {
  const { busybox, ...programs } = images;
  for (const [name, image] of Object.entries(programs)) {
    const program = join(
      sources[name as keyof typeof programs],
      name === 'localPathProvisioner' ? localPathProvisioner.output : name,
    );
    await withRootFolder(folder, async (rootFolder) => {
      addProgram(program, join(rootFolder, basename(program)));
      const entrypoint = [`/${basename(program)}`];
      const content = { rootFolder, entrypoint, user: nobody };
      await packImage(content, fullName(image), join(folder, `${name}.tar`));
    });
  }
  await withRootFolder(folder, async (rootFolder) => {
    addBusybox(join(sources.packages, packageFolders.busybox), rootFolder);
    const content = { rootFolder, entrypoint: [], user: nobody, path: '/bin' };
    await packImage(content, fullName(busybox), join(folder, 'busybox.tar'));
  });
}

async function withRootFolder(
  folder: string,
  work: (rootFolder: string) => Promise<void>,
): Promise<void> {
  const rootFolder = join(folder, '.root');
  mkdirSync(join(rootFolder, 'tmp'), { recursive: true });
  chmodSync(join(rootFolder, 'tmp'), 0o1777);
  await work(rootFolder);
  rmSync(rootFolder, { recursive: true });
}

function addProgram(from: string, to: string): void {
  copyFileSync(from, to);
  chmodSync(to, 0o755);
}

function addBusybox(busybox: string, rootFolder: string): void {
  const bin = join(rootFolder, 'bin');
  mkdirSync(bin);
  addProgram(busybox, join(bin, 'busybox'));
  const names = spawnSync(busybox, ['--list'], { encoding: 'utf8' }).stdout.trim().split('\n');
  for (const name of names) if (name !== 'busybox') symlinkSync('busybox', join(bin, name));
  mkdirSync(join(rootFolder, 'etc'));
  writeFileSync(join(rootFolder, 'etc/passwd'), 'root:x:0:0::/:/bin/sh\n');
}

/** Images follow their programs, whose folders' names are keys, and the code that packs them. */
function keyOf(sources: ImageSources): string {
  const hash = createHash('sha256').update(JSON.stringify([images, sources]));
  for (const file of ['images.ts', 'oci-archive.ts']) {
    hash.update(readFileSync(fileURLToPath(new URL(file, import.meta.url))));
  }
  return hash.digest('hex').slice(0, 12);
}
