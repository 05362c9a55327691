/** Says in one line why something failed. */

/** An error and its causes on one line; of several errors at once the last one. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error instanceof AggregateError ? error.errors.at(-1) : error.cause;
  return cause === undefined ? error.message : `${error.message} (${reasonOf(cause)})`;
}
