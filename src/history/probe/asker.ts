/** Asks over connections that are kept open, as browsers and clients of services do. */

import type { ClientRequest, IncomingMessage } from 'node:http';
import { Agent, get } from 'node:http';

/** What came of a question; undefined where it was not asked, or ended by `close`. */
export type Answer = { readonly body: unknown } | { readonly error: string } | undefined;

const ANSWER_LIMIT_MS = 2_000;
const MOST_AT_A_TIME = 200;

/** One reader with many connections. */
export class Asker {
  readonly #base: string;
  readonly #agent = new Agent({ keepAlive: true, scheduling: 'lifo' });
  #waiting = 0;
  #closed = false;

  /** @param base URL that the paths are put after */
  constructor(base: string) {
    this.#base = base.replace(/\/+$/, '');
  }

  /** `GET` of a path; good is 2xx with JSON within 2 s. */
  async ask(path: string): Promise<Answer> {
    if (this.#closed || this.#waiting >= MOST_AT_A_TIME) return undefined;
    this.#waiting++;
    const answer = await this.#get(path, true);
    this.#waiting--;
    return this.#closed ? undefined : answer;
  }

  /** Drops what is under way. */
  close(): void {
    this.#closed = true;
    this.#agent.destroy();
  }

  #get(path: string, mayRepeat: boolean): Promise<Answer> {
    return new Promise((resolve) => {
      const request = get(`${this.#base}${path}`, { agent: this.#agent }, (response) => {
        readAnswer(response).then(resolve, (error: Error) => resolve({ error: error.message }));
      });
      request.setTimeout(ANSWER_LIMIT_MS, () => {
        request.destroy(new Error(`no answer within ${ANSWER_LIMIT_MS} ms`));
      });
      request.on('error', (error: NodeJS.ErrnoException) => {
        // An idle connection may be closed just when it is used again; clients repeat a GET then (RFC 9110, 9.2.2).
        const again = mayRepeat && !this.#closed && wasIdle(request, error);
        resolve(again ? this.#get(path, false) : { error: error.message });
      });
    });
  }
}

function wasIdle(request: ClientRequest, { code }: NodeJS.ErrnoException): boolean {
  return request.reusedSocket && (code === 'ECONNRESET' || code === 'EPIPE');
}

async function readAnswer(response: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const { statusCode = 0, statusMessage = '' } = response;
  if (statusCode < 200 || statusCode > 299) return { error: `${statusCode} ${statusMessage}` };
  return { body: JSON.parse(Buffer.concat(chunks).toString('utf8')) };
}
