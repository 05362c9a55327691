/** A client of the schema registry's Confluent-compatible HTTP interface. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { AvroSchema } from '../version.ts';

/** The registry said no: to a schema under the subject's compatibility mode (409, 422), or to the request itself. */
export class RegistryRefusal extends Error {
  readonly status: number;

  constructor(message: string, status: number) {
    super(message);
    this.name = 'RegistryRefusal';
    this.status = status;
  }
}

/** How long a registry that does not answer is asked again, and how often. */
export interface Patience {
  /** 0 gives up after the first try. */
  readonly forMs: number;
  readonly everyMs: number;
}

const DEFAULT_PATIENCE: Patience = { forMs: 60_000, everyMs: 500 };
const REQUEST_TIMEOUT_MS = 10_000;
const MEDIA_TYPE = 'application/vnd.schemaregistry.v1+json';

/** A schema registry at a base URL such as `http://127.0.0.1:8081/apis/ccompat/v7`. */
export interface Registry {
  /** Id of the schema under the subject, registering it where it is new and the compatibility mode allows it. */
  register(subject: string, schema: AvroSchema): Promise<number>;
  /** The schema with an id; undefined where the registry knows none. */
  schemaById(id: number): Promise<AvroSchema | undefined>;
}

/** Waits for the registry for as long as it takes. */
export const ENDLESS_PATIENCE: Patience = { forMs: Number.POSITIVE_INFINITY, everyMs: 500 };

/**
 * Opens a client; a registry that is away is waited for, an answer that refuses is thrown at once.
 * @param stopping ends every waiting when aborted
 */
export function openRegistry(
  baseUrl: string,
  patience: Patience = DEFAULT_PATIENCE,
  stopping?: AbortSignal,
): Registry {
  const base = baseUrl.replace(/\/+$/, '');

  async function ask(path: string, body?: unknown): Promise<Response> {
    const giveUpAt = Date.now() + patience.forMs;
    for (;;) {
      const outcome = await attempt(`${base}${path}`, body);
      if (outcome instanceof Response && outcome.status < 500) return outcome;
      const reason = outcome instanceof Response ? `answered ${outcome.status}` : 'did not answer';
      if (Date.now() >= giveUpAt || stopping?.aborted) {
        const cause = outcome instanceof Response ? undefined : outcome;
        throw new Error(`the schema registry at ${base} ${reason}`, { cause });
      }
      await pause(patience.everyMs, stopping);
    }
  }

  return {
    async register(subject, schema) {
      const response = await ask(`/subjects/${encodeURIComponent(subject)}/versions`, {
        schemaType: 'AVRO',
        schema: JSON.stringify(schema),
      });
      if (response.ok) return ((await response.json()) as { id: number }).id;
      const why = await reasonOf(response);
      throw new RegistryRefusal(
        `the schema registry refused the schema of ${subject}: ${why}`,
        response.status,
      );
    },

    async schemaById(id) {
      const response = await ask(`/schemas/ids/${id}`);
      if (response.ok) return JSON.parse(((await response.json()) as { schema: string }).schema);
      if (response.status === 404) return undefined;
      throw new RegistryRefusal(await reasonOf(response), response.status);
    },
  };
}

/** Waits, but no longer than until the signal. */
async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch((error: Error) => {
    if (error.name !== 'AbortError') throw error;
  });
}

async function attempt(url: string, body: unknown): Promise<Response | Error> {
  const signal = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
  try {
    if (body === undefined) return await fetch(url, { signal });
    const headers = { 'content-type': MEDIA_TYPE };
    return await fetch(url, { method: 'POST', headers, body: JSON.stringify(body), signal });
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** The registry's own words, on one line. */
async function reasonOf(response: Response): Promise<string> {
  const text = await response.text();
  try {
    const parsed = JSON.parse(text) as { message?: string };
    return (parsed.message ?? text).replaceAll(/\s+/g, ' ').slice(0, 500);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return `status ${response.status}: ${text.replaceAll(/\s+/g, ' ').slice(0, 200)}`;
  }
}
