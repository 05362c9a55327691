/** Makes the bases that images are built on where no image registry is reached: a minimal Debian, and Node on it. */
import { chmodSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildImage, hasImage } from './buildah.ts';
import { hashInputs } from './input-hash.ts';
import { imagesCache } from './paths.ts';
import type { Say } from './steps.ts';
import { step } from './steps.ts';
import { ImageError, requireTools, run } from './tools.ts';

/** Which base an image needs. */
export type Base = 'debian' | 'node';

const suite = 'bookworm';
/** Left out, as the official slim images do; the machine's own name server and sources stay at home as well. */
const unneeded = [
  './usr/share/doc',
  './usr/share/man',
  './usr/share/info',
  './usr/share/locale',
  './usr/share/i18n',
  './usr/share/bash-completion',
  './var/cache',
  './var/lib/apt/lists',
  './var/log',
  // Containers get their own.
  './dev',
  './debootstrap',
  './etc/resolv.conf',
  './etc/hostname',
];
const dockerfile = fileURLToPath(new URL('./base/Dockerfile', import.meta.url));
const nodePackage = join(
  fileURLToPath(new URL('../node_modules', import.meta.url)),
  `node-${process.platform}-${process.arch}`,
);

/** What decides how the bases come out. */
export function baseKey(): string {
  const texts = [suite, ...unneeded, versionOf(nodePackage), process.arch];
  return hashInputs(dirname(dockerfile), ['Dockerfile'], texts);
}

const referenceOf = (base: Base): string => `localhost/cutover/${base}:${baseKey()}`;

/** The reference of a base in the local store, made first where it is not there. */
export async function requireBase(base: Base, say: Say): Promise<string> {
  const reference = referenceOf(base);
  if (await hasImage(reference)) return reference;
  const context = mkdtempSync(join(imagesCache(), 'base-'));
  try {
    await cp(await debianArchive(say), join(context, 'debian.tar'));
    if (base === 'node') await addNode(context);
    await step(say, `base ${base}`, () =>
      buildImage({ reference, dockerfile, context, target: base, args: {}, cacheLayers: false }),
    );
  } finally {
    rmSync(context, { recursive: true });
  }
  return reference;
}

async function debianArchive(say: Say): Promise<string> {
  const archive = join(imagesCache(), `debian-${suite}-${baseKey()}.tar`);
  if (existsSync(archive)) return archive;
  await requireTools({ debootstrap: 'debootstrap' }, say);
  const folder = mkdtempSync(join(imagesCache(), 'debian-'));
  try {
    await step(say, `debootstrap ${suite}`, () =>
      run('debootstrap', ['--variant=minbase', suite, join(folder, 'root')]),
    );
    const excluded = unneeded.map((path) => `--exclude=${path}/*`);
    const partial = join(folder, 'debian.tar');
    const plain = [
      '--sort=name',
      '--numeric-owner',
      '--exclude=./etc/resolv.conf',
      '--exclude=./etc/hostname',
    ];
    await run('tar', ['-C', join(folder, 'root'), ...plain, ...excluded, '-cf', partial, '.']);
    renameSync(partial, archive);
  } finally {
    rmSync(folder, { recursive: true });
  }
  return archive;
}

async function addNode(context: string): Promise<void> {
  const program = join(nodePackage, 'bin', 'node');
  if (!existsSync(program)) throw new ImageError(`${program} is missing. Mend: npm ci`);
  await cp(program, join(context, 'node'));
  chmodSync(join(context, 'node'), 0o755);
  await cp(await npmFolder(), join(context, 'npm'), { recursive: true });
}

/** The npm of this machine; images are built with the one that developers use. */
async function npmFolder(): Promise<string> {
  // Its global folder would be asked of the `node` that comes first on the path, which may have no npm.
  const program = await run('npm', ['exec', '--call', 'printf %s "$npm_execpath"']);
  return dirname(dirname(program));
}

function versionOf(folder: string): string {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    readonly version: string;
  };
  return manifest.version;
}
