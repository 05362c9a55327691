/** The control plane on the first node: etcd, API server, controller manager, scheduler, and their arguments. */
import { join } from 'node:path';
import type { Daemon, MakeDaemon } from '../machine/namespaces.ts';
import { podSubnet, serviceSubnet } from '../machine/network-plan.ts';

/** Where the control plane's programs find things. */
export interface ControlPlane {
  /** Folder of the Kubernetes programs. */
  readonly kubernetes: string;
  /** Path of etcd. */
  readonly etcd: string;
  readonly certificates: string;
  /** Folder of the kubeconfig files `controller-manager` and `scheduler`. */
  readonly kubeconfigs: string;
  /** Address of the first node. */
  readonly address: string;
  /** Seconds after which pods leave a node that is not ready or unreachable. */
  readonly tolerationSeconds: number;
}

const etcdAddress = 'http://127.0.0.1:2379';

/** Etcd and the API server; they wait for each other. */
export function apiServer(plane: ControlPlane, daemon: MakeDaemon): readonly Daemon[] {
  const program = join(plane.kubernetes, 'kube-apiserver');
  return [
    daemon('etcd', plane.etcd, etcdArguments()),
    daemon('kube-apiserver', program, apiServerArguments(plane)),
  ];
}

/** What ends at once where the API server is not ready yet. */
export function controllers(plane: ControlPlane, daemon: MakeDaemon): readonly Daemon[] {
  const { kubernetes } = plane;
  return [
    daemon(
      'kube-controller-manager',
      join(kubernetes, 'kube-controller-manager'),
      controllerManagerArguments(plane),
    ),
    daemon('kube-scheduler', join(kubernetes, 'kube-scheduler'), [
      ...clientFlags(plane, 'scheduler'),
      '--bind-address=127.0.0.1',
      '--leader-elect=false',
    ]),
  ];
}

/** In memory: nothing of it outlives the cluster, and nobody waits for the disk. */
function etcdArguments(): readonly string[] {
  return [
    '--data-dir=/run/etcd',
    `--listen-client-urls=${etcdAddress}`,
    `--advertise-client-urls=${etcdAddress}`,
    '--listen-peer-urls=http://127.0.0.1:2380',
    '--quota-backend-bytes=2147483648',
    '--auto-compaction-retention=5m',
    '--logger=zap',
  ];
}

function apiServerArguments(plane: ControlPlane): readonly string[] {
  const file = (name: string): string => join(plane.certificates, name);
  return [
    `--advertise-address=${plane.address}`,
    `--etcd-servers=${etcdAddress}`,
    `--service-cluster-ip-range=${serviceSubnet}`,
    '--authorization-mode=Node,RBAC',
    '--enable-admission-plugins=NodeRestriction,PodSecurity',
    `--default-not-ready-toleration-seconds=${plane.tolerationSeconds}`,
    `--default-unreachable-toleration-seconds=${plane.tolerationSeconds}`,
    '--allow-privileged=true',
    '--profiling=false',
    `--client-ca-file=${file('ca.crt')}`,
    `--tls-cert-file=${file('apiserver.crt')}`,
    `--tls-private-key-file=${file('apiserver.key')}`,
    ...kubeletFlags(file),
    ...aggregationFlags(file),
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${file('service-account.pub')}`,
    `--service-account-signing-key-file=${file('service-account.key')}`,
  ];
}

/** How the API server speaks to kubelets: for logs, exec and port-forwards. */
function kubeletFlags(file: (name: string) => string): readonly string[] {
  return [
    '--kubelet-preferred-address-types=InternalIP',
    `--kubelet-certificate-authority=${file('ca.crt')}`,
    `--kubelet-client-certificate=${file('apiserver-kubelet.crt')}`,
    `--kubelet-client-key=${file('apiserver-kubelet.key')}`,
  ];
}

/** How API servers that are pods know that a request came through this one. */
function aggregationFlags(file: (name: string) => string): readonly string[] {
  return [
    `--requestheader-client-ca-file=${file('front-proxy-ca.crt')}`,
    '--requestheader-allowed-names=front-proxy-client',
    '--requestheader-extra-headers-prefix=X-Remote-Extra-',
    '--requestheader-group-headers=X-Remote-Group',
    '--requestheader-username-headers=X-Remote-User',
    `--proxy-client-cert-file=${file('front-proxy.crt')}`,
    `--proxy-client-key-file=${file('front-proxy.key')}`,
  ];
}

function controllerManagerArguments(plane: ControlPlane): readonly string[] {
  const file = (name: string): string => join(plane.certificates, name);
  return [
    ...clientFlags(plane, 'controller-manager'),
    '--bind-address=127.0.0.1',
    '--leader-elect=false',
    '--use-service-account-credentials=true',
    `--cluster-cidr=${podSubnet}`,
    '--allocate-node-cidrs=false',
    // It makes this folder; its own choice would be left in the machine's /usr.
    '--flex-volume-plugin-dir=/var/lib/kubelet/volume-plugins',
    '--node-monitor-period=2s',
    '--node-monitor-grace-period=20s',
    `--root-ca-file=${file('ca.crt')}`,
    `--service-account-private-key-file=${file('service-account.key')}`,
    `--cluster-signing-cert-file=${file('ca.crt')}`,
    `--cluster-signing-key-file=${file('ca.key')}`,
  ];
}

function clientFlags(plane: ControlPlane, user: string): readonly string[] {
  const path = join(plane.kubeconfigs, user);
  return ['kubeconfig', 'authentication-kubeconfig', 'authorization-kubeconfig'].map(
    (flag) => `--${flag}=${path}`,
  );
}
