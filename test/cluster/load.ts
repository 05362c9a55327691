/** Puts image archives onto the nodes of a running cluster. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from '../../src/platform/local/artifacts/lock.ts';
import { debianPackages, packageFolders } from './components/debian-packages.ts';
import { fullName } from './components/image-name.ts';
import { ClusterError } from './errors.ts';
import { identifyArchive } from './image-store.ts';
import { ctr } from './kubernetes/node.ts';
import type { Layout } from './layout.ts';
import { findHolder } from './machine/holders.ts';
import type { Namespaces } from './machine/namespaces.ts';
import { nodeName } from './machine/network-plan.ts';
import { runProgram } from './run-program.ts';
import { requireUp, writeState } from './state-file.ts';
import type { Log } from './steps.ts';
import { step } from './steps.ts';

/** What is read of an archive's index. */
interface ArchiveIndex {
  readonly manifests: readonly { readonly annotations?: Readonly<Record<string, string>> }[];
}

const nameAnnotations = ['io.containerd.image.name', 'org.opencontainers.image.ref.name'] as const;

/** Imports an archive (OCI, or of `docker save`) on every node that is not there yet; answers the full names of its images. */
export async function loadArchive(
  layout: Layout,
  path: string,
  log: Log,
): Promise<readonly string[]> {
  const { archives } = requireUp(layout);
  const names = await readNames(path);
  const id = identifyArchive(path);
  if (archives.includes(id)) return names;
  const packages = await debianPackages(log, undefined);
  const programs = join(packages, packageFolders.client);
  const waiting = (): void => log('… another process changes the cluster; waiting');
  await withLock(layout.lockFile, waiting, async () => {
    const state = requireUp(layout);
    if (state.archives.includes(id)) return;
    const nodes = Array.from({ length: state.nodes }, (_, index) => nodeName(index + 1));
    await step(log, `load ${names.join(', ')} onto ${nodes.join(', ')}`, () =>
      Promise.all(nodes.map((node) => importImages(findHolder(state.token, node), programs, path))),
    );
    writeState(layout, { ...state, archives: [...state.archives, id] });
  });
  return names;
}

/** Imports an archive on one node, under the names that Kubernetes looks for. */
export async function importImages(
  space: Namespaces,
  programs: string,
  path: string,
): Promise<void> {
  const names = await readNames(path);
  await ctr(space, programs, ['images', 'import', '-'], { inputFile: path });
  const known = (await ctr(space, programs, ['images', 'list', '--quiet'])).split('\n');
  for (const name of names) {
    const imported = known.find((each) => fullName(each) === name);
    if (imported === undefined) {
      throw new ClusterError('BAD_ARCHIVE', `${path}: ${name} is not there after its import`);
    }
    if (imported !== name) await ctr(space, programs, ['images', 'tag', '--force', imported, name]);
  }
}

/** Full names of the images in an archive (OCI, or of `docker save`). */
export async function readNames(path: string): Promise<readonly string[]> {
  if (!existsSync(path)) throw new ClusterError('BAD_ARCHIVE', `${path}: no such file`);
  const files = await list(path);
  const find = (name: string) => files.find((file) => file === name || file === `./${name}`);
  const index = find('index.json');
  const manifest = find('manifest.json');
  let names: readonly string[] = [];
  if (index) names = readIndex(await extract(path, index));
  else if (manifest) names = readManifest(await extract(path, manifest));
  if (names.length > 0 && names.every((name) => /[/:]/.test(name))) return names.map(fullName);
  throw new ClusterError(
    'BAD_ARCHIVE',
    `${path}: no image with a name. Mend: write it with one, as in oci-archive:${path}:cutover/app:v1`,
  );
}

async function list(path: string): Promise<readonly string[]> {
  try {
    return (await runProgram('tar', ['-tf', path])).split('\n');
  } catch (cause) {
    throw new ClusterError('BAD_ARCHIVE', `${path}: not an image archive (tar)`, { cause });
  }
}

function extract(path: string, file: string): Promise<string> {
  return runProgram('tar', ['-xOf', path, file]);
}

/** Names in the index of an OCI archive; empty where one has none. */
function readIndex(text: string): readonly string[] {
  const { manifests } = JSON.parse(text) as ArchiveIndex;
  return manifests.map(({ annotations = {} }) => {
    const annotation = nameAnnotations.find((each) => annotations[each] !== undefined);
    return annotation === undefined ? '' : (annotations[annotation] ?? '');
  });
}

/** Names in the manifest of an archive of `docker save`. */
function readManifest(text: string): readonly string[] {
  const images = JSON.parse(text) as readonly { readonly RepoTags?: readonly string[] }[];
  return images.flatMap(({ RepoTags }) => RepoTags ?? []);
}
