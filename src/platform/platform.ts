/** What the lab asks of a place to run: components up, application processes at a version, faults, and down again. */

/** The three programs of the system under test. */
export type Role = 'generator' | 'back-end' | 'stats';

/** What a platform may be unable to do; a caller checks before it starts anything. */
export type Capability =
  | 'kill'
  | 'pause'
  | 'evict'
  | 'route'
  | 'three-brokers'
  | 'external-components';

/** One group of identical processes (a Kubernetes Deployment, or child processes here). */
export interface DeploymentSpec {
  /** Unique in the lab, e.g. `back-end` or `back-end-green`. */
  readonly name: string;
  readonly role: Role;
  /** Application version, e.g. `v1`. */
  readonly version: string;
  readonly replicas: number;
  /** Settings as environment variables, on top of the ones the platform sets (addresses, HOST, PORT, RUN_ID, INSTANCE). */
  readonly env: Readonly<Record<string, string>>;
}

/** One running process of a deployment. */
export interface Instance {
  /** `<deployment>-<ordinal>`, e.g. `back-end-0`. */
  readonly name: string;
  /** Another one after each start: the process id on the local platform, pod and container on Kubernetes. */
  readonly id: string;
  /** Base URL of its HTTP server, e.g. `http://127.0.0.1:8080`. */
  readonly url: string;
  readonly ready: boolean;
  /** How often it was started again after it ended by itself. */
  readonly restarts: number;
}

/** A deployment as it runs now. */
export interface Deployment {
  readonly spec: DeploymentSpec;
  readonly instances: readonly Instance[];
}

/** Where the components of a running lab answer. */
export interface Addresses {
  /** Kafka bootstrap servers, `host:port[,host:port]`. */
  readonly bootstrap: string;
  /** Confluent-compatible base URL of the schema registry, without a trailing slash. */
  readonly registry: string;
  /** State DBs: of the back end, then of the Summary Stats UI (the same one twice where only one is there), `host:port`. */
  readonly valkey: readonly [backEnd: string, stats: string];
  /** Base URL at which readers come in; what answers is one of the `stats` deployments, see `route`. */
  readonly rest: string;
}

/** A part that the application stands on. */
export interface Component {
  /** E.g. `kafka-1`, `registry`, `valkey-back-end`. */
  readonly name: string;
  /** Another one after each start. */
  readonly id: string;
  readonly ready: boolean;
}

/** What to bring up. */
export interface LabSpec {
  /** Name of the lab, so that several can run side by side; default `default`. */
  readonly name: string;
  readonly brokers: 1 | 3;
  /** Partitions of the data topics. */
  readonly partitions: number;
  /** Folder that keeps the data between runs; a temporary one, removed by `down`, where absent. */
  readonly dataDir?: string;
  /** Port wished for `addresses.rest`; another one is taken and noted where it is not free, any where it is absent or 0. */
  readonly restPort?: number;
  /** The user's own components, used in place of started ones. */
  readonly external: {
    readonly bootstrap?: string;
    readonly registry?: string;
    readonly valkey?: readonly string[];
  };
  /** What every application process and the check need to know of this run. */
  readonly run: RunSettings;
}

/** What identifies a run's data; saved with the lab so that `verify --live` can recompute every record. */
export interface RunSettings {
  /** Goes into each record's `run` header. */
  readonly runId: string;
  /** uint32 */
  readonly seed: number;
  /** Number of SKUs, `sku_000000` … */
  readonly skus: number;
  readonly order: 'chronological' | 'shuffled';
}

/** A progress line: which part, what it does, and how far a download is. */
export interface Progress {
  readonly part: string;
  readonly message: string;
  /** 0 … 1, where known. */
  readonly fraction?: number;
  /** `note` is worth keeping in a log (a port that was taken), `step` may be overwritten. */
  readonly kind: 'step' | 'done' | 'note';
}

/** One prerequisite as `cutover doctor` reports it. */
export interface Prerequisite {
  readonly name: string;
  readonly ok: boolean;
  /** What was found, or what is missing and why it is needed. */
  readonly detail: string;
  /** The command that mends it; present exactly where `ok` is false. */
  readonly mend?: string;
}

/** A lab that is up: components answer, topics exist; deployments come and go. */
export interface Lab {
  readonly name: string;
  readonly platform: string;
  readonly addresses: Addresses;
  readonly run: RunSettings;
  /** Path of the Unix socket where the process that has this lab may take requests of others; absent where there is no place for one. */
  readonly control?: string;
  /**
   * Starts a deployment, or changes the running one of that name to this spec (version, replicas, env); resolves when every instance is ready, rejects with the reason an instance gave where it ended.
   * @param signal aborted where nobody wants it any more: a platform that can ends what is just being started and rejects with the signal's reason
   */
  deploy(spec: DeploymentSpec, signal?: AbortSignal): Promise<Deployment>;
  /** Stops a deployment gracefully (SIGTERM, then SIGKILL after the grace period). */
  remove(deploymentName: string): Promise<void>;
  /** As `remove`, but at once, without a chance to clean up: for what nobody reads any more and whose data are thrown away. */
  discard(deploymentName: string): Promise<void>;
  deployments(): Promise<readonly Deployment[]>;
  components(): Promise<readonly Component[]>;
  /** Shares readers out among `stats` deployments by weight, 0 or more; a deployment that is not named gets none. Until it is called, all that are ready get the same. An unknown deployment, or no weight above 0, is an error. */
  route(weights: Readonly<Record<string, number>>): Promise<void>;
  /** Ends an instance or a component at once, without a chance to clean up; the platform starts it again. An unknown name is an error. */
  kill(name: string): Promise<void>;
  /** Has an instance moved elsewhere with notice, as a node that is drained does; where the capability is there. */
  evict(instanceName: string): Promise<void>;
  /** Stops the clock of an instance until `resume`. */
  pause(instanceName: string): Promise<void>;
  resume(instanceName: string): Promise<void>;
  /** Calls the listener once for each event of note: an instance ended, restarted, a component died; what it answers ends that. */
  onEvent(listener: (event: LabEvent) => void): () => void;
  /** Stops everything this lab started; idempotent. */
  down(): Promise<void>;
}

/** Exit code of an instance that cannot use its settings; it could not the next time either. */
export const WRONG_SETTINGS = 64;

/** Something that happened to a running lab. */
export interface LabEvent {
  readonly atMs: number;
  /** `stopped`: the whole lab was ended by another process (`cutover down`); the lab ends itself then. */
  readonly kind: 'started' | 'ready' | 'ended' | 'restarting' | 'gave-up' | 'stopped';
  /** Instance or component, e.g. `back-end-0`, `kafka-1`, `registry`; the lab's name for `stopped`. */
  readonly subject: string;
  readonly detail: string;
}

/** A place where a lab can run. */
export interface Platform {
  readonly name: string;
  readonly capabilities: ReadonlySet<Capability>;
  /** Checks every prerequisite and reports all of them. */
  doctor(spec?: Pick<LabSpec, 'external'>): Promise<readonly Prerequisite[]>;
  /** Brings the components up, creates the topics, and resolves when they are ready. */
  up(spec: LabSpec, progress: (progress: Progress) => void): Promise<Lab>;
  /** What is known of a lab that another process started; undefined where none of that name runs. */
  find(labName: string): Promise<RunningLab | undefined>;
  /** Stops what a lab of that name left behind, also after its parent was killed; answers how many processes it ended. */
  down(labName: string): Promise<number>;
}

/** A lab seen from another process: enough to check it or to end it. */
export interface RunningLab {
  readonly name: string;
  readonly addresses: Addresses;
  readonly run: RunSettings;
  readonly deployments: readonly Deployment[];
  /** See `Lab.control`; whether anybody listens there is for the caller to find out. */
  readonly control?: string;
}

/** What a deployment calls the data that it works on. */
export interface DataNames {
  /** Topics. */
  readonly raw: string;
  readonly summary: string;
  readonly deadLetter: string;
  /** Consumer group of a Back End. */
  readonly group: string;
  /** Namespace of a Back End's state. */
  readonly namespace: string;
}

/** The names that a deployment was given, and the programs' own defaults where it was given none. */
export function dataNamesOf({ env }: Pick<DeploymentSpec, 'env'>): DataNames {
  return {
    raw: env.RAW_TOPIC ?? 'raw-data-in',
    summary: env.SUMMARY_TOPIC ?? 'summary-stats',
    deadLetter: env.DLQ_TOPIC ?? 'raw-data-in.dlq',
    group: env.GROUP ?? 'back-end',
    namespace: env.STATE_NAMESPACE ?? 'back-end',
  };
}
