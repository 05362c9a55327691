/** The error of an experiment file that is not right: everything that is wrong with it, each with its place. */

/** One thing that is wrong, at a place counted from 1. */
export interface FileProblem {
  readonly line: number;
  readonly column: number;
  /** Names the key, e.g. `upgrades[0].strategy: must be one of …`. */
  readonly message: string;
}

/** An experiment file cannot be used. */
export class ExperimentFileError extends Error {
  override readonly name = 'ExperimentFileError';
  readonly path: string;
  /** In the order of the lines. */
  readonly problems: readonly FileProblem[];

  constructor(path: string, problems: readonly FileProblem[], options?: ErrorOptions) {
    const lines = problems.map(
      ({ line, column, message }) => `${path}:${line}:${column}: ${message}`,
    );
    super(lines.join('\n'), options);
    this.path = path;
    this.problems = problems;
  }
}
