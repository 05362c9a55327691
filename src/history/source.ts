/** One address that is asked again and again, without ever waiting long for it: what it said last stays known. */

/** What was heard last, and when on the clock of `performance.now()`. */
export interface Heard<Answer> {
  readonly answer: Answer;
  readonly atMs: number;
}

/** Rest after an answer, in parts of the time that it took: what is asked never keeps a program busier than that. */
const REST_SHARE = 4;
/** Answers that come sooner cost nothing worth a rest, also where the machine is busy. */
const FREE_MS = 100;

/** A source that is asked at most once at a time. */
export class Source<Answer> {
  readonly #read: (signal: AbortSignal) => Promise<Answer>;
  readonly #timeoutMs: number;
  #asking: Promise<void> | undefined;
  #restUntilMs = 0;
  #heard: Heard<Answer> | undefined;
  #failure: unknown;

  /** `read` is given up after `timeoutMs`. */
  constructor(read: (signal: AbortSignal) => Promise<Answer>, timeoutMs: number) {
    this.#read = read;
    this.#timeoutMs = timeoutMs;
  }

  /** The last answer; undefined until there was one. */
  get heard(): Heard<Answer> | undefined {
    return this.#heard;
  }

  /** Why the last question had no answer; undefined where it had one. */
  get failure(): unknown {
    return this.#failure;
  }

  /** Asks, unless an earlier question is still open or the source rests; resolves when the new one is answered or given up. */
  ask(): Promise<void> {
    if (this.#asking !== undefined || performance.now() < this.#restUntilMs) {
      return Promise.resolve();
    }
    this.#asking = this.#askNow().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  /** Like `ask`, but joins a question that is open. */
  async settle(): Promise<void> {
    await (this.#asking ?? this.ask());
  }

  async #askNow(): Promise<void> {
    const startMs = performance.now();
    try {
      const answer = await this.#read(AbortSignal.timeout(this.#timeoutMs));
      this.#heard = { answer, atMs: performance.now() };
      this.#failure = undefined;
    } catch (error) {
      // A program that ends, pauses or starts has nothing to say; that is seen in how old its last answer is.
      this.#failure = error;
    }
    const tookMs = performance.now() - startMs;
    if (tookMs > FREE_MS && this.#failure === undefined) {
      this.#restUntilMs = performance.now() + tookMs * REST_SHARE;
    }
  }
}

/** Resolves when all are done, or after the time. */
export async function withinMs(all: readonly Promise<void>[], waitMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, waitMs);
  });
  await Promise.race([Promise.all(all), late]);
  clearTimeout(timer);
}
