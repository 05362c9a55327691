/** The configuration files of a node: containerd, its network plugins, kubelet and kube-proxy. */
import { dnsAddress, podSubnet, podSubnetOf } from '../machine/network-plan.ts';

/** What a node's configuration depends on. */
export interface NodeSettings {
  readonly node: number;
  readonly name: string;
  readonly certificates: string;
  /** Folder of the node's configuration files. */
  readonly folder: string;
  /** Folder of the network plugins' programs. */
  readonly networkPlugins: string;
  /** Path of runc. */
  readonly runc: string;
  /** Containerd's name of the image that holds a pod's namespaces. */
  readonly pauseImage: string;
  /** Below the root of every cgroup hierarchy. */
  readonly cgroup: string;
}

/** Where containerd listens, in the node's own `/run`. */
export const containerdSocket = '/run/containerd/containerd.sock';

/** Where containerd keeps images and containers, in the node's own `/var/lib`. */
export const containerdRoot = '/var/lib/containerd';

/** Containerd's configuration (TOML; JSON strings are TOML strings). */
export function containerdConfig(settings: NodeSettings, root: string): string {
  const { runc, pauseImage, networkPlugins, folder } = settings;
  const cri = 'plugins."io.containerd.grpc.v1.cri"';
  return `version = 2
root = ${JSON.stringify(root)}
# It would make a folder in the machine's /opt.
disabled_plugins = ["io.containerd.internal.v1.opt"]
[grpc]
  address = ${JSON.stringify(containerdSocket)}
[${cri}]
  sandbox_image = ${JSON.stringify(pauseImage)}
  # Root without CAP_SYS_RESOURCE cannot lower a process's score.
  restrict_oom_score_adj = true
  enable_unprivileged_ports = true
  enable_unprivileged_icmp = true
[${cri}.cni]
  bin_dir = ${JSON.stringify(networkPlugins)}
  conf_dir = ${JSON.stringify(`${folder}/cni`)}
[${cri}.containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"
[${cri}.containerd.runtimes.runc.options]
  BinaryName = ${JSON.stringify(runc)}
  SystemdCgroup = false
`;
}

/** The network of a node's pods: a bridge, as the CNI plugins read it. */
export function networkConfig({ node }: NodeSettings): unknown {
  const bridge = {
    type: 'bridge',
    bridge: 'cni0',
    isGateway: true,
    hairpinMode: true,
    ipMasq: false,
    ipam: {
      type: 'host-local',
      ranges: [[{ subnet: podSubnetOf(node) }]],
      routes: [{ dst: '0.0.0.0/0' }],
      dataDir: '/run/cni',
    },
  };
  const ports = { type: 'portmap', capabilities: { portMappings: true } };
  return { cniVersion: '0.4.0', name: 'pods', plugins: [bridge, ports] };
}

/** Kubelet's configuration. */
export function kubeletConfig({ name, certificates, folder, cgroup }: NodeSettings): unknown {
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    containerRuntimeEndpoint: `unix://${containerdSocket}`,
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: `${certificates}/ca.crt` },
    },
    authorization: { mode: 'Webhook' },
    tlsCertFile: `${certificates}/${name}.crt`,
    tlsPrivateKeyFile: `${certificates}/${name}.key`,
    clusterDomain: 'cluster.local',
    clusterDNS: [dnsAddress],
    resolvConf: `${folder}/resolv.conf`,
    cgroupDriver: 'cgroupfs',
    cgroupRoot: `/${cgroup}`,
    failCgroupV1: false,
    failSwapOn: false,
    // An image that was removed could not be had again.
    imageGCHighThresholdPercent: 100,
    imageMinimumGCAge: '8760h',
    evictionHard: { 'memory.available': '100Mi', 'nodefs.available': '1%' },
    // Renewed every two seconds, so that a machine that was paused is soon ready again.
    nodeLeaseDurationSeconds: 8,
    nodeStatusUpdateFrequency: '5s',
    volumePluginDir: '/var/lib/kubelet/volume-plugins',
    shutdownGracePeriod: '0s',
  };
}

/** Kube-proxy's configuration. */
export function kubeProxyConfig({ name, folder }: NodeSettings): unknown {
  return {
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    clientConnection: { kubeconfig: `${folder}/kube-proxy.kubeconfig` },
    hostnameOverride: name,
    mode: 'iptables',
    clusterCIDR: podSubnet,
    // The limit of connections is the machine's, not the node's.
    conntrack: { maxPerCore: 0 },
    iptables: { minSyncPeriod: '100ms' },
    metricsBindAddress: '127.0.0.1:10249',
  };
}
