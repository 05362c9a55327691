/** What an error of the API server, or any other, says. */
import { ApiException } from '@kubernetes/client-node';

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
