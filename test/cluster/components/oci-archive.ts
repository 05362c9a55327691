/** Packs a folder as a container image of one layer, without an engine: an OCI image layout in a tar file. */
import { createHash } from 'node:crypto';
import {
  createReadStream,
  createWriteStream,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
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

interface Layer {
  readonly descriptor: Descriptor;
  /** Digest of what it unpacks to. */
  readonly content: string;
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
    rootfs: { type: 'layers', diff_ids: [layer.content] },
  });
  const manifest = addJson(folder, `${oci}.manifest.v1+json`, {
    schemaVersion: 2,
    mediaType: `${oci}.manifest.v1+json`,
    config,
    layers: [layer.descriptor],
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

/** Compressed, for what a node has to write is what an import waits for. */
async function addLayer(folder: string, rootFolder: string): Promise<Layer> {
  const plain = join(folder, 'layer.tar');
  const packed = join(folder, 'layer.tar.gz');
  await runProgram('tar', [...plainTar, '-cf', plain, '-C', rootFolder, '.']);
  await pipeline(createReadStream(plain), createGzip({ level: 1 }), createWriteStream(packed));
  const content = await digestOf(plain);
  rmSync(plain);
  const digest = await digestOf(packed);
  const { size } = statSync(packed);
  renameSync(packed, join(folder, 'blobs', digest.replace(':', '/')));
  return { content, descriptor: { mediaType: `${oci}.layer.v1.tar+gzip`, digest, size } };
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return `sha256:${hash.digest('hex')}`;
}

function addJson(folder: string, mediaType: string, value: unknown): Descriptor {
  const text = JSON.stringify(value);
  const hex = createHash('sha256').update(text).digest('hex');
  writeFileSync(join(folder, 'blobs/sha256', hex), text);
  return { mediaType, digest: `sha256:${hex}`, size: Buffer.byteLength(text) };
}
