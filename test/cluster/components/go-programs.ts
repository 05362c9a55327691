/** The programs that are built from the Go module proxy: what is built, and how. */
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** One build. */
export interface GoProgram {
  readonly name: string;
  readonly version: string;
  /**
   * The published module that is built as its authors do, with the checksum that Go gives it; a module of ours in
   * `components/go/<name>` where this is not given.
   */
  readonly module?: { readonly path: string; readonly sum: string };
  /** What is built, as `go build` names it. */
  readonly packagePath: string;
  /** File that is built. */
  readonly output: string;
  /** Further names of the same file. */
  readonly links?: readonly string[];
  /** Variables that the linker sets, by their full name. */
  readonly variables?: Readonly<Record<string, string>>;
  /** About how long a first build takes on two cores. */
  readonly minutes: number;
  /** Completes the module before the build; may add files to the result. */
  readonly prepare?: (folders: BuildFolders, run: GoRun) => Promise<void>;
}

/** Folders of one build. */
export interface BuildFolders {
  /** A copy of the module. */
  readonly work: string;
  readonly result: string;
}

/** Runs `go` with the arguments in the module and answers its output. */
export type GoRun = (...args: readonly string[]) => Promise<string>;

const kubernetesVersion = '1.34.4';
const versionPackage = 'k8s.io/component-base/version';

export const kubernetes: GoProgram = {
  name: 'kubernetes',
  version: kubernetesVersion,
  packagePath: '.',
  output: 'kube',
  links: [
    'kube-apiserver',
    'kube-controller-manager',
    'kube-scheduler',
    'kube-proxy',
    'kubectl',
    'kubelet',
  ],
  variables: {
    [`${versionPackage}.gitVersion`]: `v${kubernetesVersion}`,
    [`${versionPackage}.gitMajor`]: '1',
    [`${versionPackage}.gitMinor`]: '34',
    [`${versionPackage}.gitTreeState`]: 'archive',
  },
  minutes: 6,
};

export const coredns: GoProgram = {
  name: 'coredns',
  version: '1.15.0',
  module: {
    path: 'github.com/coredns/coredns',
    sum: 'h1:OBT+OEyHVdUiVxPhrNlC5XZVq3RkSxzQXfZQ76gm5ck=',
  },
  packagePath: '.',
  output: 'coredns',
  minutes: 3,
};

const traefikVersion = '3.5.0';

export const traefik: GoProgram = {
  name: 'traefik',
  version: traefikVersion,
  module: {
    path: 'github.com/traefik/traefik/v3',
    sum: 'h1:LcEVhZkBC0uXp8vNwn+4zCWKmZTnPo95euw6ejmmWPk=',
  },
  packagePath: './cmd/traefik',
  output: 'traefik',
  variables: { 'github.com/traefik/traefik/v3/pkg/version.Version': traefikVersion },
  minutes: 5,
  prepare: prepareTraefik,
};

export const localPathProvisioner: GoProgram = {
  name: 'local-path-provisioner',
  version: '0.0.30',
  module: {
    path: 'github.com/rancher/local-path-provisioner',
    sum: 'h1:OkiuofkCSscddl7tma/B9Ox1wu+JEVSrP7IcZI65Ggo=',
  },
  packagePath: '.',
  output: 'local-path-provisioner',
  variables: { 'main.VERSION': 'v0.0.30' },
  minutes: 1,
};

/** Holds namespaces, those of a node as those of a pod. */
export const pause: GoProgram = {
  name: 'pause',
  version: '1',
  packagePath: '.',
  output: 'pause',
  minutes: 1,
};

/** Traefik embeds a web page that its module lacks, and the Gateway API's resources come along in its version. */
async function prepareTraefik({ work, result }: BuildFolders, run: GoRun): Promise<void> {
  const page = join(work, 'webui/static');
  mkdirSync(page, { recursive: true });
  writeFileSync(join(page, 'index.html'), '<!doctype html><title>no dashboard</title>\n');
  const api = 'sigs.k8s.io/gateway-api';
  await run('mod', 'download', api);
  const folder = (await run('list', '-m', '-f', '{{.Dir}}', api)).trim();
  cpSync(join(folder, 'config/crd/standard'), join(result, 'gateway-api'), { recursive: true });
}
