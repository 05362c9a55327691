/** The errors of the local platform; each message is one line with what, why and the command that mends it. */

/** Stable codes, so that callers never match on texts. */
export type LocalErrorCode =
  | 'COMPONENT_UNREACHABLE'
  | 'FETCH_FAILED'
  | 'INSTANCE_UNKNOWN'
  | 'LAB_RUNNING'
  | 'LAB_STOPPED'
  | 'NOT_CAPABLE'
  | 'NOT_READY'
  | 'TOOL_MISSING'
  | 'WEIGHTS_UNUSABLE';

/** A failure of the local platform that the user can mend; `message` is one line. */
export class LocalError extends Error {
  override readonly name = 'LocalError';
  readonly code: LocalErrorCode;

  constructor(code: LocalErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** What a process left behind when it failed. */
export interface ProcessFailure {
  /** Program and arguments as one text, for people only. */
  readonly command: string;
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The last lines of its standard output and error. */
  readonly tail: readonly string[];
}

/** A child process that could not be started, ended with an error or ended before it was ready. */
export class ProcessError extends Error implements ProcessFailure {
  override readonly name = 'ProcessError';
  readonly command: string;
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly tail: readonly string[];

  constructor(message: string, failure: ProcessFailure, options?: ErrorOptions) {
    super(message, options);
    this.command = failure.command;
    this.exitCode = failure.exitCode;
    this.signal = failure.signal;
    this.tail = failure.tail;
  }
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
