/** One node: namespaces that look like a machine of its own, with containerd, kubelet and kube-proxy in them. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MakeDaemon, Namespaces } from '../machine/namespaces.ts';
import { runInside, startInside } from '../machine/namespaces.ts';
import { nodeAddress } from '../machine/network-plan.ts';
import type { RunOptions } from '../run-program.ts';
import { waitUntil } from '../wait-until.ts';
import { writeKubeconfig } from './kubeconfig.ts';
import type { NodeSettings } from './node-config.ts';
import {
  containerdConfig,
  containerdRoot,
  containerdSocket,
  kubeletConfig,
  kubeProxyConfig,
  networkConfig,
} from './node-config.ts';

/**
 * Settings of the kernel that kubelet wants so and that are the whole machine's. In the node they read as wanted, and so
 * nobody changes them.
 */
const wantedByKubelet: Readonly<Record<string, string>> = {
  'vm/overcommit_memory': '1',
  'vm/panic_on_oom': '0',
  'kernel/panic': '10',
  'kernel/panic_on_oops': '1',
  'kernel/keys/root_maxkeys': '1000000',
  'kernel/keys/root_maxbytes': '25000000',
};

/** Folders of the machine that a node has for itself. */
const ownFolders = ['/var/lib', '/var/log'];

/** Makes the namespaces look like a machine: host name, folders of its own, memory file systems, names of hosts. Names beyond the cluster are nobody's: it depends on nothing outside. */
export async function furnish(space: Namespaces, settings: NodeSettings): Promise<void> {
  const { folder, name } = settings;
  const commands = [`hostname ${name}`, 'mount --make-rshared /', 'mount -t tmpfs tmpfs /run'];
  for (const own of ownFolders) {
    const source = pathOutside(settings, own);
    mkdirSync(source, { recursive: true });
    commands.push(`mount --bind '${source}' ${own}`);
  }
  const hosts = join(folder, 'hosts');
  writeFileSync(hosts, `127.0.0.1 localhost\n::1 localhost\n127.0.1.1 ${name}\n`);
  commands.push(`mount --bind '${hosts}' /etc/hosts`);
  // Who pulls an image would else wait 10 s for the machine's name server, which is not reached from here.
  const resolver = join(folder, 'resolv.conf');
  writeFileSync(resolver, '');
  commands.push(`[ ! -e /etc/resolv.conf ] || mount --bind '${resolver}' /etc/resolv.conf`);
  for (const [setting, value] of Object.entries(wantedByKubelet)) {
    const path = `/proc/sys/${setting}`;
    if (!existsSync(path)) continue;
    const file = join(folder, setting.replaceAll('/', '.'));
    writeFileSync(file, `${value}\n`);
    commands.push(`mount --bind '${file}' ${path}`);
  }
  await runInside(space, 'sh', ['-e', '-c', commands.join('\n')]);
}

/** Writes the node's configuration files. */
export function configure(settings: NodeSettings, slot: number): void {
  const { folder, certificates, name } = settings;
  mkdirSync(join(folder, 'cni'), { recursive: true });
  const files: Readonly<Record<string, string>> = {
    'containerd.toml': containerdConfig(settings, containerdRoot),
    'cni/10-pods.conflist': json(networkConfig(settings)),
    'kubelet.yaml': json(kubeletConfig(settings)),
    'kube-proxy.yaml': json(kubeProxyConfig(settings)),
  };
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
  const access = { certificates, context: 'node', address: nodeAddress(slot, 1) };
  writeKubeconfig(join(folder, 'kubelet.kubeconfig'), { ...access, user: name });
  writeKubeconfig(join(folder, 'kube-proxy.kubeconfig'), { ...access, user: 'kube-proxy' });
}

/** Path on the machine of what lies in one of the node's own folders, e.g. of `/var/lib/containerd`. */
export function pathOutside({ folder }: NodeSettings, path: string): string {
  return join(folder, 'root', path);
}

/** Starts containerd and resolves when it answers. */
export async function startContainerd(
  space: Namespaces,
  settings: NodeSettings,
  programs: string,
  daemon: MakeDaemon,
): Promise<void> {
  const config = join(settings.folder, 'containerd.toml');
  await startInside(
    space,
    daemon('containerd', join(programs, 'containerd'), ['--config', config]),
  );
  await untilAnswers(space, settings, programs);
}

/** Runs a containerd on another folder than the node's own for as long as `work` goes on; the node's does not run. */
export async function withContainerdOn(
  root: string,
  space: Namespaces,
  settings: NodeSettings,
  programs: string,
  daemon: MakeDaemon,
  work: () => Promise<void>,
): Promise<void> {
  const config = join(settings.folder, 'containerd-elsewhere.toml');
  const idFile = join(settings.folder, 'containerd-elsewhere.pid');
  writeFileSync(config, containerdConfig(settings, root));
  // Its id inside is known inside alone.
  const noted = ['-c', `echo $$ > '${idFile}'; exec "$0" "$@"`, join(programs, 'containerd')];
  await startInside(space, daemon('containerd', 'sh', [...noted, '--config', config]));
  try {
    await untilAnswers(space, settings, programs);
    await work();
  } finally {
    const end = `pid=$(cat '${idFile}'); kill $pid; while kill -0 $pid 2>/dev/null; do sleep 0.02; done`;
    await runInside(space, 'sh', ['-e', '-c', end]);
  }
}

async function untilAnswers(
  space: Namespaces,
  settings: NodeSettings,
  programs: string,
): Promise<void> {
  const what = `containerd of ${settings.name} does not answer`;
  await waitUntil({ what, limitMs: 30_000 }, () => ctr(space, programs, ['version']));
}

/** Runs containerd's client on the node's images and containers. */
export function ctr(
  space: Namespaces,
  programs: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const where = ['--address', containerdSocket, '--namespace', 'k8s.io'];
  return runInside(space, join(programs, 'ctr'), [...where, ...args], options);
}

/** Starts kubelet and kube-proxy; the API server answers. */
export async function startKubelet(
  space: Namespaces,
  settings: NodeSettings,
  { slot, kubernetes }: { slot: number; kubernetes: string },
  daemon: MakeDaemon,
): Promise<void> {
  const { folder, name, node } = settings;
  const kubelet = daemon('kubelet', join(kubernetes, 'kubelet'), [
    `--config=${join(folder, 'kubelet.yaml')}`,
    `--kubeconfig=${join(folder, 'kubelet.kubeconfig')}`,
    `--hostname-override=${name}`,
    `--node-ip=${nodeAddress(slot, node)}`,
    `--node-labels=topology.kubernetes.io/zone=zone-${node}`,
  ]);
  await startInside(space, kubelet);
  const config = `--config=${join(folder, 'kube-proxy.yaml')}`;
  await startInside(space, daemon('kube-proxy', join(kubernetes, 'kube-proxy'), [config]));
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
