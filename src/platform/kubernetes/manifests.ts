/** Reads the manifests of `deploy/` as kustomize renders them, so that the command line and GitOps apply the very same. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { KubernetesObject } from '@kubernetes/client-node';
import { loadAllYaml } from '@kubernetes/client-node';
import { KubernetesError } from './errors.ts';

/** An object of a manifest; what lies below its metadata is the API server's to check. */
export interface Manifest extends KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: NonNullable<KubernetesObject['metadata']> & { name: string };
  // biome-ignore lint/suspicious/noExplicitAny: objects of any kind
  [field: string]: any;
}

const run = promisify(execFile);
const LIMIT_MS = 30_000;
const LARGEST_BYTES = 16 * 1024 * 1024;

/** Programs that render a kustomization, in the order in which they are tried. */
const RENDERERS: readonly (readonly [program: string, ...args: string[]])[] = [
  ['kubectl', 'kustomize'],
  ['kustomize', 'build'],
  ['microk8s', 'kubectl', 'kustomize'],
];

/** The folder of an overlay or a part, e.g. `overlays/plain`. */
export function deployFolder(path: string): string {
  return fileURLToPath(new URL(`../../../deploy/${path}`, import.meta.url));
}

/** The objects of a kustomization; throws `KubernetesError` where none of the programs is there, or one refuses it. */
export async function renderManifests(folder: string): Promise<Manifest[]> {
  const { program, args } = await findRenderer();
  try {
    const options = { timeout: LIMIT_MS, maxBuffer: LARGEST_BYTES };
    const { stdout } = await run(program, [...args, folder], options);
    return (loadAllYaml(stdout) as (Manifest | null)[]).filter((each) => each !== null);
  } catch (cause) {
    const said = String((cause as { stderr?: string }).stderr ?? cause).trim();
    const message = `${program} cannot render ${folder}: ${said.split('\n').at(-1)}`;
    throw new KubernetesError('RENDER_FAILED', message, { cause });
  }
}

/** The first program that renders kustomizations here; throws `KubernetesError`. */
export async function findRenderer(): Promise<{ program: string; args: string[] }> {
  for (const [program, ...args] of RENDERERS) {
    try {
      await run(program, [...args, '--help'], { timeout: LIMIT_MS });
      return { program, args };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  const message = 'neither kubectl nor kustomize is on the path; they read the manifests';
  throw new KubernetesError('RENDER_FAILED', `${message}. Mend: install kubectl`);
}
