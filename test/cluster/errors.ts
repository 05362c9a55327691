/** The errors of the test cluster; each message says what, why and the command that mends it. */

/** Stable codes, so that callers never match on texts. */
export type ClusterErrorCode =
  | 'ALREADY_UP'
  | 'BAD_ARCHIVE'
  | 'INTERRUPTED'
  | 'LEFT_OVER'
  | 'NOT_READY'
  | 'NOT_UP'
  | 'TOOL_MISSING'
  | 'UNSUPPORTED';

/** A failure that a person can mend. */
export class ClusterError extends Error {
  override readonly name = 'ClusterError';
  readonly code: ClusterErrorCode;

  constructor(code: ClusterErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
