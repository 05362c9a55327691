/** The error of a failure that a person can mend. */

/** Stable codes, so that callers never match on texts. */
export type ExpectedErrorCode =
  | 'CANNOT_RUN'
  | 'INTERRUPTED'
  | 'LAB_STALLED'
  | 'NO_HISTORY'
  | 'NO_LAB'
  | 'NO_RUN'
  | 'NOT_SAVED'
  | 'OTHER_RUN'
  | 'REGISTRY_REFUSED';

/** A failure that a person can mend; the message is one line: what, why, and the command that mends it. */
export class ExpectedError extends Error {
  override readonly name = 'ExpectedError';
  readonly code: ExpectedErrorCode;

  constructor(code: ExpectedErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
