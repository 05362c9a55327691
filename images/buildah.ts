/** Builds ordinary Dockerfiles without an engine: buildah in a store of its own, which nothing else on the machine sees. */
import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { imagesCache } from './paths.ts';
import { ImageError, run } from './tools.ts';

/** One image to build. */
export interface Build {
  readonly reference: string;
  readonly dockerfile: string;
  readonly context: string;
  readonly target?: string;
  readonly args: Readonly<Record<string, string>>;
  /** Whether later builds may use this one's layers again. */
  readonly cacheLayers: boolean;
}

/** Containers of a build are chroots: that works without any privilege beyond root's. */
const env = { BUILDAH_ISOLATION: 'chroot' };

const storeFolder = (): string => join(imagesCache(), 'store');
const runFolder = join(tmpdir(), 'cutover-images-run');
/** A larger store begins anew: old layers would pile up in it. */
const mostStoreKib = 4 * 1024 * 1024;

/** Equal files make equal layers, whenever they are built. */
const timestamp = '--timestamp=0';

function buildah(...args: string[]): Promise<string> {
  return run('buildah', ['--root', storeFolder(), '--runroot', runFolder, ...args], { env });
}

/** Whether an image is in the store. */
export async function hasImage(reference: string): Promise<boolean> {
  const references = await buildah('images', '--format', '{{.Name}}:{{.Tag}}');
  return references.split('\n').includes(reference);
}

/** Builds an image into the store. */
export async function buildImage(build: Build): Promise<void> {
  const { reference, dockerfile, context, target, args, cacheLayers } = build;
  await buildah(
    'build',
    '--quiet',
    '--pull-never',
    timestamp,
    `--layers=${cacheLayers}`,
    ...npmSettings(),
    ...Object.entries(args).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]),
    ...(target === undefined ? [] : ['--target', target]),
    '--file',
    dockerfile,
    '--tag',
    reference,
    context,
  );
}

/** Writes an image of the store to an OCI archive, at once or not at all. */
export async function writeArchive(reference: string, archive: string): Promise<void> {
  const partial = `${archive}.part`;
  rmSync(partial, { force: true });
  await buildah('push', '--quiet', reference, `oci-archive:${partial}:${reference}`);
  if (!existsSync(partial)) throw new ImageError(`buildah wrote no archive of ${reference}`);
  renameSync(partial, archive);
}

/** npm in a build uses the machine's settings and certificates; none of them stays in the image. */
function npmSettings(): readonly string[] {
  const settings = join(homedir(), '.npmrc');
  const certificates = '/etc/ssl/certs/ca-certificates.crt';
  return [
    ...(existsSync(settings) ? ['--secret', `id=npmrc,src=${settings}`] : []),
    ...(existsSync(certificates)
      ? [
          '--volume',
          `${certificates}:${certificates}:ro`,
          '--build-arg',
          `NODE_EXTRA_CA_CERTS=${certificates}`,
        ]
      : []),
  ];
}

/** Leaves the machine as it was: buildah's mounts and run folder go, and a store that grew too large. */
export async function cleanUp(): Promise<void> {
  const store = storeFolder();
  const mounted = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '')
    .filter((path) => path.startsWith(`${store}/`));
  for (const path of mounted.reverse()) await run('umount', [path]);
  rmSync(runFolder, { recursive: true, force: true });
  if (!existsSync(store)) return;
  const kib = Number((await run('du', ['-sk', store])).split('\t')[0]);
  if (kib > mostStoreKib) rmSync(store, { recursive: true });
}
