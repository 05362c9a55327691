/** The errors of the Kubernetes platform; each message is one line with what, why and the command that mends it. */

/** Stable codes, so that callers never match on texts. */
export type KubernetesErrorCode =
  | 'CLUSTER_REFUSED'
  | 'INSTANCE_UNKNOWN'
  | 'LAB_RUNNING'
  | 'LAB_STOPPED'
  | 'NAMESPACE_TAKEN'
  | 'NOT_READY'
  | 'PORT_TAKEN'
  | 'RENDER_FAILED'
  | 'UNSUPPORTED';

/** A failure of the Kubernetes platform that the user can mend; `message` is one line. */
export class KubernetesError extends Error {
  override readonly name = 'KubernetesError';
  readonly code: KubernetesErrorCode;

  constructor(code: KubernetesErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
