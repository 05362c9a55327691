/** Packs a folder as a container image of one layer, without an engine: an OCI image layout in a tar file. */
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runProgram } from '../run-program.ts';

/** What an image is made of. */
export interface ImageContent {
  /** Becomes the root file system. */
  readonly rootFolder: string;
  readonly entrypoint: readonly string[];
  /** Numeric, e.g. `65532:65532`. */
  readonly user: string;
  readonly path?: string;
}

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

const oci = 'application/vnd.oci.image';
/** Owner and time do not depend on who packs, so equal content gives equal images. */
const plainTar = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner'];

/** Writes the image to `path` under its full name, e.g. `docker.io/cutover/pause:1`. */
export async function packImage(content: ImageContent, name: string, path: string): Promise<void> {
  const folder = `${path}.layout`;
  mkdirSync(join(folder, 'blobs/sha256'), { recursive: true });
  const layer = await addLayer(folder, content.rootFolder);
  const config = addJson(folder, `${oci}.config.v1+json`, {
    architecture: process.arch === 'x64' ? 'amd64' : process.arch,
    os: 'linux',
    config: {
      User: content.user,
      Entrypoint: content.entrypoint,
      Env: [`PATH=${content.path ?? '/'}`],
    },
    rootfs: { type: 'layers', diff_ids: [layer.digest] },
  });
  const manifest = addJson(folder, `${oci}.manifest.v1+json`, {
    schemaVersion: 2,
    mediaType: `${oci}.manifest.v1+json`,
    config,
    layers: [layer],
  });
  const annotations = {
    'io.containerd.image.name': name,
    'org.opencontainers.image.ref.name': name,
  };
  const index = { schemaVersion: 2, manifests: [{ ...manifest, annotations }] };
  writeFileSync(join(folder, 'index.json'), JSON.stringify(index));
  writeFileSync(join(folder, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
  await runProgram('tar', [...plainTar, '-cf', path, '-C', folder, '.']);
  rmSync(folder, { recursive: true });
}

async function addLayer(folder: string, rootFolder: string): Promise<Descriptor> {
  const path = join(folder, 'layer.tar');
  await runProgram('tar', [...plainTar, '-cf', path, '-C', rootFolder, '.']);
  const hex = createHash('sha256').update(readFileSync(path)).digest('hex');
  copyFileSync(path, join(folder, 'blobs/sha256', hex));
  const { size } = statSync(path);
  rmSync(path);
  return { mediaType: `${oci}.layer.v1.tar`, digest: `sha256:${hex}`, size };
}

function addJson(folder: string, mediaType: string, value: unknown): Descriptor {
  const text = JSON.stringify(value);
  const hex = createHash('sha256').update(text).digest('hex');
  writeFileSync(join(folder, 'blobs/sha256', hex), text);
  return { mediaType, digest: `sha256:${hex}`, size: Buffer.byteLength(text) };
}
