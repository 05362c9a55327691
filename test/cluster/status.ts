/** Says of a cluster whether it runs, where, and what it uses. */
import type { Cluster } from './cluster.ts';
import type { Layout } from './layout.ts';
import { findCgroup } from './machine/cgroups.ts';
import { findContained, findMarked, memoryOf } from './machine/processes.ts';
import { runProgram } from './run-program.ts';
import { readState } from './state-file.ts';

/** Lines for people; `cluster` is undefined where it is not up. */
export async function describeStatus(
  layout: Layout,
  cluster: Cluster | undefined,
): Promise<readonly string[]> {
  const state = readState(layout);
  if (!state) return [`no cluster ${layout.name}`];
  const processes = [...new Set([...findMarked(state.token), ...findContained(state.token)])];
  const memory = `${processes.length} processes, ${(memoryOf(processes) / 1e9).toFixed(2)} GB`;
  if (!cluster) {
    const cgroups = findCgroup(layout.cgroup).length;
    return [
      `the cluster ${layout.name} is not up: its start is under way, or it was killed`,
      `left of it: ${memory}, ${cgroups} cgroups, ${layout.folder}`,
      `mend: npm run cluster -- down --name ${layout.name}`,
    ];
  }
  const get = ['--kubeconfig', cluster.kubeconfig, 'get', 'nodes', '-o', 'wide'];
  const nodes = await runProgram(cluster.kubectl, get);
  return [
    `kubeconfig  ${cluster.kubeconfig}`,
    `context     ${cluster.context}`,
    `gateway     ${cluster.gatewayUrl}`,
    `logs        ${layout.logs}`,
    `uses        ${memory}`,
    ...nodes.trimEnd().split('\n'),
  ];
}
