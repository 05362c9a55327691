/** Fits the rendered manifests to one lab: its namespace, its run, its number of brokers. */
import { createHash } from 'node:crypto';
import type { LabSpec, Role, RunSettings } from '../platform.ts';
import { INSTANCE, LAB, LAB_CONFIG, NAME } from './labels.ts';
import type { Manifest } from './manifests.ts';

/** What a lab is made of. */
export interface LabManifests {
  readonly namespace: Manifest;
  /** Components, policies and accounts, in the order to apply them. */
  readonly components: readonly Manifest[];
  /** Deployment and Service of each role, to make deployments from. */
  readonly application: ReadonlyMap<Role, readonly Manifest[]>;
}

const ROLES: readonly string[] = ['generator', 'back-end', 'stats'] satisfies Role[];
/** Namespaces that the rendered objects are in. */
const RENDERED_NAMESPACE = 'cutover';

/** Splits and fits the objects of an overlay. */
export function fitManifests(
  rendered: readonly Manifest[],
  namespace: string,
  spec: LabSpec,
  externalPort: number,
): LabManifests {
  const objects = rendered.map((object) => moveTo(structuredClone(object), namespace));
  const isProgram = ({ kind, metadata }: Manifest) =>
    ['Deployment', 'Service'].includes(kind) && ROLES.includes(nameOf({ metadata }));
  const namespaceObject = objects.find(({ kind }) => kind === 'Namespace');
  if (!namespaceObject) throw new Error('the overlay has no Namespace');
  namespaceObject.metadata.labels = { ...namespaceObject.metadata.labels, [LAB]: spec.name };
  const components = objects.filter(
    (object) => object !== namespaceObject && !isProgram(object) && object.kind !== 'CronJob',
  );
  for (const object of components) fitComponent(object, namespace, spec, externalPort);
  const application = new Map(
    ROLES.map((role) => [
      role as Role,
      objects.filter((object) => isProgram(object) && nameOf(object) === role),
    ]),
  );
  return { namespace: namespaceObject, components: components.sort(byRank), application };
}

function nameOf({ metadata }: Pick<Manifest, 'metadata'>): string {
  return metadata.labels?.[NAME] ?? metadata.name;
}

function moveTo(object: Manifest, namespace: string): Manifest {
  if (object.kind === 'Namespace') object.metadata.name = namespace;
  if (object.metadata.namespace === RENDERED_NAMESPACE) object.metadata.namespace = namespace;
  for (const subject of object.subjects ?? []) {
    if (subject.namespace === RENDERED_NAMESPACE) subject.namespace = namespace;
  }
  return object;
}

function fitComponent(
  object: Manifest,
  namespace: string,
  { brokers, run, partitions }: LabSpec,
  externalPort: number,
): void {
  if (object.kind === 'ConfigMap' && object.metadata.name === LAB_CONFIG) {
    object.data = describeRun(run, partitions);
  }
  if (object.kind === 'ConfigMap' && object.data?.bootstrap) {
    object.data.bootstrap = object.data.bootstrap.split(',').slice(0, brokers).join(',');
  }
  if (object.kind === 'StatefulSet' && object.metadata.name === 'kafka') {
    object.spec.replicas = brokers;
    const [container] = object.spec.template.spec.containers;
    setEnv(container, {
      KAFKA_BROKERS: String(brokers),
      KAFKA_CLUSTER_ID: clusterId(namespace),
      KAFKA_EXTERNAL_PORT: String(externalPort),
    });
  }
}

/** Tells this lab's Kafka from another one's: 16 bytes, as Kafka writes them. */
export function clusterId(namespace: string): string {
  return createHash('sha256').update(namespace).digest().subarray(0, 16).toString('base64url');
}

function describeRun(run: RunSettings, partitions: number): Record<string, string> {
  const { runId, seed, skus, order } = run;
  return {
    ...{ runId, order },
    ...{ seed: String(seed), skus: String(skus), partitions: String(partitions) },
  };
}

/** The run that a ConfigMap describes. */
export function readRun(data: Readonly<Record<string, string>>): RunSettings {
  return {
    runId: data.runId ?? '',
    seed: Number(data.seed),
    skus: Number(data.skus),
    order: data.order === 'shuffled' ? 'shuffled' : 'chronological',
  };
}

/** Sets variables of a container, in the place of those of the same name. */
export function setEnv(
  container: { env?: { name: string }[] },
  values: Readonly<Record<string, string>>,
): void {
  const others = (container.env ?? []).filter(({ name }) => !(name in values));
  container.env = [...others, ...Object.entries(values).map(([name, value]) => ({ name, value }))];
}

/** Accounts and settings come before what uses them. */
const RANKS = ['ServiceAccount', 'Role', 'RoleBinding', 'ConfigMap', 'NetworkPolicy', 'Service'];

function byRank(a: Manifest, b: Manifest): number {
  const rank = ({ kind }: Manifest) => (RANKS.includes(kind) ? RANKS.indexOf(kind) : RANKS.length);
  return rank(a) - rank(b);
}

/** Deployment and Service of one deployment of the lab, from its role's. */
export function fitProgram(
  templates: readonly Manifest[],
  name: string,
  change: (deployment: Manifest) => void,
): Manifest[] {
  return templates.map((template) => {
    const object = structuredClone(template);
    object.metadata.name = name;
    renameInstance(object, name);
    if (object.kind === 'Deployment') change(object);
    return object;
  });
}

/** Labels and selectors name the deployment by the label `instance`, wherever they stand. */
function renameInstance(value: unknown, name: string): void {
  if (value === null || typeof value !== 'object') return;
  const record = value as Record<string, unknown>;
  if (typeof record[INSTANCE] === 'string') record[INSTANCE] = name;
  for (const part of Object.values(record)) renameInstance(part, name);
}
