/** Where the components of a lab answer: by their names in the cluster, by forwarded ports from outside. */
import type { Addresses } from '../platform.ts';
import { openBrokers } from './broker-ports.ts';
import type { Cluster } from './cluster.ts';
import { gatewayUrl, pickPod } from './entrance.ts';
import type { Forwards } from './forwards.ts';
import { isReady, listPods, nameOf, roleOf } from './pods.ts';

const CCOMPAT = '/apis/ccompat/v7';
const REGISTRY_PORT = 8080;
const VALKEY_PORT = 6379;
const HTTP_PORT = 8080;

/** What leads to a lab. */
export interface Ways {
  readonly cluster: Cluster;
  readonly namespace: string;
  readonly brokers: number;
  /** Where the first broker tells clients from outside to come to; the others follow. */
  readonly externalPort: number;
  readonly forwards: Forwards;
  /** Base URL of the Gateway as seen from here, where its own status does not tell. */
  readonly gateway: string | undefined;
  /** Share of each `stats` deployment, asked at each connection. */
  readonly weights: () => Promise<Readonly<Record<string, number>>>;
}

/** Opens what is needed, and says where. */
export async function openAddresses(ways: Ways): Promise<Addresses> {
  const { cluster, namespace, forwards } = ways;
  const gateway = await gatewayUrl(cluster, namespace, ways.gateway);
  if (cluster.inside) {
    return { ...namesInside(ways), rest: gateway ?? `http://stats:${HTTP_PORT}` };
  }
  const [registry, backEnd, stats] = await Promise.all([
    forwards.open({ name: 'registry', port: REGISTRY_PORT, pod: () => readyPod(ways, 'registry') }),
    forwards.open({
      name: 'valkey-back-end',
      port: VALKEY_PORT,
      pod: async () => 'valkey-back-end-0',
    }),
    forwards.open({ name: 'valkey-stats', port: VALKEY_PORT, pod: async () => 'valkey-stats-0' }),
  ]);
  const pod = async () => pickPod(cluster, namespace, await ways.weights());
  const rest = gateway ?? `http://${await forwards.open({ name: 'rest', port: HTTP_PORT, pod })}`;
  const bootstrap = await openBrokers(ways);
  const valkey = [backEnd, stats] as const;
  return { bootstrap, registry: `http://${registry}${CCOMPAT}`, valkey, rest };
}

function namesInside({ brokers }: Ways): Omit<Addresses, 'rest'> {
  const numbers = Array.from({ length: brokers }, (_, at) => at);
  return {
    bootstrap: numbers.map((number) => `kafka-${number}.kafka:9092`).join(','),
    registry: `http://registry:${REGISTRY_PORT}${CCOMPAT}`,
    valkey: [`valkey-back-end:${VALKEY_PORT}`, `valkey-stats:${VALKEY_PORT}`],
  };
}

async function readyPod({ cluster, namespace }: Ways, role: string): Promise<string> {
  const pod = (await listPods(cluster, namespace)).find(
    (each) => roleOf(each) === role && isReady(each),
  );
  if (!pod) throw new Error(`no ${role} is ready`);
  return nameOf(pod);
}
