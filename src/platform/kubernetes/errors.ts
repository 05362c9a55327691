/** The errors of the Kubernetes platform; each message is one line with what, why and the command that mends it. */
import { ApiException } from '@kubernetes/client-node';

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

/** Whether the API server answered that there is no such object, or no such kind. */
export function isNotFound(error: unknown): boolean {
  return error instanceof ApiException && error.code === 404;
}

/** What an error says, in one line; of an answer of the API server its message. */
export function messageOf(error: unknown): string {
  if (error instanceof ApiException) return `${error.code}: ${statusMessage(error.body)}`;
  if (!(error instanceof Error)) return String(error);
  const cause = error instanceof AggregateError ? error.errors.at(-1) : error.cause;
  return cause === undefined ? error.message : `${error.message} (${messageOf(cause)})`;
}

function statusMessage(body: unknown): string {
  try {
    const status: unknown = typeof body === 'string' ? JSON.parse(body) : body;
    if (status !== null && typeof status === 'object' && 'message' in status) {
      return String(status.message);
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  return String(body);
}
