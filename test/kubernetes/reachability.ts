/** Says who may connect to whom by a set of network policies, as the API describes their meaning. */
import type { KubernetesObject } from './overlay.ts';

/** One end of a connection. */
export interface Endpoint {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Whether it is in the policies' namespace. */
  readonly inside: boolean;
}

interface Selector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values: readonly string[];
  }[];
}

interface Peer {
  readonly podSelector?: Selector;
  readonly namespaceSelector?: Selector;
}

interface Rule {
  readonly from?: readonly Peer[];
  readonly to?: readonly Peer[];
  readonly ports?: readonly { readonly port: number; readonly protocol?: string }[];
}

type Direction = 'Ingress' | 'Egress';

/** Whether the policies let `from` open a TCP connection to a port of `to`. */
export function mayConnect(
  policies: readonly KubernetesObject[],
  from: Endpoint,
  to: Endpoint,
  port: number,
): boolean {
  return allows(policies, 'Egress', from, to, port) && allows(policies, 'Ingress', to, from, port);
}

/** A pod that no policy of a direction selects is free in it; else one rule has to allow the connection. */
function allows(
  policies: readonly KubernetesObject[],
  direction: Direction,
  subject: Endpoint,
  peer: Endpoint,
  port: number,
): boolean {
  if (!subject.inside) return true;
  const selecting = policies.filter(
    ({ spec }) => spec.policyTypes.includes(direction) && selects(spec.podSelector, subject.labels),
  );
  if (selecting.length === 0) return true;
  const rules = selecting.flatMap(
    ({ spec }) => (direction === 'Egress' ? spec.egress : spec.ingress) ?? [],
  ) as readonly Rule[];
  return rules.some(({ from, to, ports }) => {
    const peers = direction === 'Egress' ? to : from;
    const open = ports?.some((each) => each.port === port && each.protocol !== 'UDP') ?? true;
    return open && (peers?.some((each) => matches(each, peer)) ?? true);
  });
}

function matches({ podSelector, namespaceSelector }: Peer, endpoint: Endpoint): boolean {
  // The policies here select either their own namespace or all of them.
  if (namespaceSelector === undefined && !endpoint.inside) return false;
  return podSelector === undefined || selects(podSelector, endpoint.labels);
}

function selects(
  { matchLabels = {}, matchExpressions = [] }: Selector,
  labels: Readonly<Record<string, string>>,
): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values }) => {
      if (operator !== 'In') throw new Error(`the operator ${operator} is not known here`);
      return values.includes(labels[key] ?? '');
    })
  );
}
