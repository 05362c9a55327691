/** The labels and annotations by which the lab knows its objects; the manifests in `deploy/` carry the first three. */

/** Everything of a lab: `cutover`. */
export const PART_OF = 'app.kubernetes.io/part-of';
/** What it is: `kafka`, `registry`, `valkey`, or a role of the application. */
export const NAME = 'app.kubernetes.io/name';
/** Which one: the deployment's name, `valkey-back-end`, … */
export const INSTANCE = 'app.kubernetes.io/instance';
/** Version of the application. */
export const VERSION = 'app.kubernetes.io/version';
/** On the namespace: name of the lab that made it. */
export const LAB = 'cutover.dev/lab';
/** On a Deployment: the `DeploymentSpec` that it was made from, as JSON. */
export const SPEC = 'cutover.dev/spec';
/** On a pod: its number among the instances. */
export const ORDINAL = 'cutover.dev/ordinal';

/** Names of the ConfigMap that identifies the run. */
export const LAB_CONFIG = 'cutover-lab';
