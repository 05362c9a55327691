/** Runs the cluster's own kubectl. */
import { join } from 'node:path';
import type { RunOptions } from '../run-program.ts';
import { runProgram } from '../run-program.ts';

/** Runs kubectl with the arguments and answers its output. */
export type Kubectl = (args: readonly string[], options?: RunOptions) => Promise<string>;

/** A kubectl that sees only this kubeconfig, whatever else the user has. */
export function kubectlOf(programs: string, kubeconfig: string): Kubectl {
  return (args, options = {}) =>
    runProgram(join(programs, 'kubectl'), ['--kubeconfig', kubeconfig, ...args], options);
}
