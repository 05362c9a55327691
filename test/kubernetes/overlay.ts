/** Renders an overlay of `deploy/` as a user's own kustomization would change it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments, stringify } from 'yaml';
import type { Kubectl } from '../cluster/kubernetes/kubectl.ts';

/** A Kubernetes object as far as tests look at it. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  // biome-ignore lint/suspicious/noExplicitAny: each kind has its own; a wrong path fails the test that reads it.
  readonly spec?: any;
  readonly automountServiceAccountToken?: boolean;
}

/** What a user's kustomization may say beside the overlay that it builds on. */
export interface Changes {
  readonly namespace: string;
  /** E.g. `versions/v2`, below `deploy/`. */
  readonly components?: readonly string[];
  /** More of `deploy/`, e.g. `base/gateway`. */
  readonly resources?: readonly string[];
  readonly patches?: readonly {
    readonly target: { readonly kind: string; readonly name?: string };
    readonly patch: string;
  }[];
}

const deployFolder = fileURLToPath(new URL('../../deploy', import.meta.url));

/** The overlay's objects as YAML, e.g. of `overlays/plain`. */
export async function renderOverlay(
  kubectl: Kubectl,
  overlay: string,
  { namespace, components = [], resources = [], patches = [] }: Changes,
): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'cutover-overlay-'));
  const there = (path: string): string => relative(folder, join(deployFolder, path));
  try {
    const kustomization = {
      apiVersion: 'kustomize.config.k8s.io/v1beta1',
      kind: 'Kustomization',
      namespace,
      resources: [overlay, ...resources].map(there),
      components: components.map(there),
      patches,
    };
    writeFileSync(join(folder, 'kustomization.yaml'), stringify(kustomization));
    return await kubectl(['kustomize', folder]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The objects of a YAML text. */
export function parseObjects(yaml: string): readonly KubernetesObject[] {
  return parseAllDocuments(yaml).map((document) => document.toJS() as KubernetesObject);
}

/** A pod as each Deployment, StatefulSet, Job and CronJob among the objects would start it. */
export function podsOf(objects: readonly KubernetesObject[]): readonly KubernetesObject[] {
  return objects.flatMap(({ kind, metadata: { name, namespace }, spec }) => {
    const template = kind === 'CronJob' ? spec.jobTemplate.spec.template : spec?.template;
    if (!['Deployment', 'StatefulSet', 'Job', 'CronJob'].includes(kind)) return [];
    const labels = template.metadata?.labels;
    // A StatefulSet's pods get their volumes from its claims; which ones, Pod Security does not ask.
    const claims = (spec.volumeClaimTemplates ?? []) as readonly KubernetesObject[];
    const own = claims.map((claim) => ({ name: claim.metadata.name, emptyDir: {} }));
    const volumes = [...(template.spec.volumes ?? []), ...own];
    const pod = { name, ...(namespace === undefined ? {} : { namespace }), labels };
    return [{ apiVersion: 'v1', kind: 'Pod', metadata: pod, spec: { ...template.spec, volumes } }];
  });
}
