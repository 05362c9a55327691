/** What the course asks of the registry before versions change: modes of subjects, and whether new schemas pass. */

import type { DataNames } from '../platform/platform.ts';
import { dataNamesOf } from '../platform/platform.ts';

/** The registry answered otherwise than it must; the message says what and how to look. */
export class RegistryError extends Error {
  override readonly name = 'RegistryError';
}

/** The registry, as far as it concerns one application. */
export interface Registry {
  /** Sets the compatibility mode of the application's subjects, one of the registry's seven. */
  setMode(mode: string): Promise<void>;
  /** Registers a schema of a topic's values; answers why it was refused, or undefined where it passed or was there already. */
  register(topic: 'raw' | 'summary', schema: object): Promise<string | undefined>;
}

const TYPE = { 'content-type': 'application/vnd.schemaregistry.v1+json' };
const INCOMPATIBLE = 409;

/** The registry at this base URL; subjects are those of the topics (TopicNameStrategy). */
export function openRegistry(
  url: string,
  names: Pick<DataNames, 'raw' | 'summary'> = dataNamesOf({ env: {} }),
): Registry {
  const subjectOf = (topic: 'raw' | 'summary') => `${names[topic]}-value`;
  return {
    async setMode(mode) {
      for (const subject of [subjectOf('raw'), subjectOf('summary')]) {
        const path = `/config/${encodeURIComponent(subject)}`;
        await ask(url, path, { method: 'PUT', body: JSON.stringify({ compatibility: mode }) });
      }
    },
    async register(topic, schema) {
      const subject = subjectOf(topic);
      const path = `/subjects/${encodeURIComponent(subject)}/versions`;
      const body = JSON.stringify({ schema: JSON.stringify(schema) });
      const { status, text } = await ask(url, path, { method: 'POST', body }, INCOMPATIBLE);
      return status === INCOMPATIBLE ? `${subject}: ${messageOf(text)}` : undefined;
    },
  };
}

async function ask(url: string, path: string, request: RequestInit, allowed?: number) {
  const signal = AbortSignal.timeout(10_000);
  const response = await fetch(`${url}${path}`, { ...request, headers: TYPE, signal });
  const text = await response.text();
  if (!response.ok && response.status !== allowed) {
    const what = `status ${response.status}, ${text.slice(0, 200)}`;
    throw new RegistryError(
      `the registry refuses ${request.method} ${path}: ${what}. Mend: see what it accepts with curl ${url}/config`,
    );
  }
  return { status: response.status, text };
}

function messageOf(text: string): string {
  try {
    return String((JSON.parse(text) as { message?: unknown }).message ?? text).slice(0, 300);
  } catch {
    return text.slice(0, 300);
  }
}
