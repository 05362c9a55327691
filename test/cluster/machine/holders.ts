/** Finds the namespaces of a cluster that another process opened. */
import { ClusterError } from '../errors.ts';
import type { Namespaces } from './namespaces.ts';
import { environmentOf, findMarked, isContained } from './processes.ts';

/** Marks the process that holds a node's namespaces with the node's name. */
export const roleVariable = 'CUTOVER_CLUSTER_ROLE';

/** The namespaces of that role, e.g. `node-1`. */
export function findHolder(token: string, role: string): Namespaces {
  const mark = `${roleVariable}=${role}`;
  const pid = findMarked(token).find(
    (each) => isContained(each) && environmentOf(each).includes(mark),
  );
  if (pid !== undefined) return { pid };
  throw new ClusterError(
    'NOT_UP',
    `${role} is not running. Mend: npm run cluster -- down, then up`,
  );
}
