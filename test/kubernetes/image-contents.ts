/** Opens an image's OCI archive and looks: its configuration, and every file of its layers. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from '../cluster/run-program.ts';

/** What an archive holds. */
export interface ImageContents {
  readonly user: string;
  readonly entrypoint: readonly string[];
  readonly environment: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  /** Paths from the root without a leading slash, folders with a trailing one. */
  readonly paths: readonly string[];
}

interface Digest {
  readonly digest: string;
}

/** Reads the only image of an archive. */
export async function readImage(archive: string): Promise<ImageContents> {
  const index = await readJson<{ manifests: Digest[] }>(archive, 'index.json');
  const manifest = await readBlob<{ config: Digest; layers: Digest[] }>(
    archive,
    index.manifests[0],
  );
  const { config } = await readBlob<{
    config: {
      User?: string;
      Entrypoint?: string[];
      Env?: string[];
      Labels?: Record<string, string>;
    };
  }>(archive, manifest.config);
  const paths = await withBlobs(archive, manifest.layers, async (blobs) => {
    const listings = await Promise.all(blobs.map((blob) => runProgram('tar', ['-tzf', blob])));
    return listings.flatMap((listing) => listing.trim().split('\n'));
  });
  return {
    user: config.User ?? '',
    entrypoint: config.Entrypoint ?? [],
    environment: config.Env ?? [],
    labels: config.Labels ?? {},
    paths,
  };
}

/** Unpacks all layers of an archive into a folder, as a container would see them. */
export async function unpackImage(archive: string, folder: string): Promise<void> {
  const index = await readJson<{ manifests: Digest[] }>(archive, 'index.json');
  const { layers } = await readBlob<{ layers: Digest[] }>(archive, index.manifests[0]);
  await withBlobs(archive, layers, async (blobs) => {
    for (const blob of blobs) await runProgram('tar', ['-xzf', blob, '-C', folder]);
  });
}

/** Hands over the paths of some blobs, unpacked for as long as `work` takes. */
async function withBlobs<T>(
  archive: string,
  digests: readonly Digest[],
  work: (paths: readonly string[]) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'cutover-image-'));
  try {
    const members = digests.map(({ digest }) => blobPath(digest));
    await runProgram('tar', ['-xf', archive, '-C', folder, ...members]);
    return await work(members.map((member) => join(folder, member)));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const blobPath = (digest: string): string => `blobs/${digest.replace(':', '/')}`;

function readBlob<T>(archive: string, entry: Digest | undefined): Promise<T> {
  if (!entry) throw new Error(`${archive} holds no image`);
  return readJson(archive, blobPath(entry.digest));
}

async function readJson<T>(archive: string, member: string): Promise<T> {
  return JSON.parse(await runProgram('tar', ['-xOf', archive, member])) as T;
}
