/** What the course asks of the registry before versions change: modes of subjects, and whether new schemas pass. */

import type { Compatibility } from '../experiment/experiment.ts';

/** The registry answered otherwise than it must; the message says what and how to look. */
class RegistryError extends Error {
  override readonly name = 'RegistryError';
}

const SUBJECTS = ['raw-data-in-value', 'summary-stats-value'];
const TYPE = { 'content-type': 'application/vnd.schemaregistry.v1+json' };
const INCOMPATIBLE = 409;

/** Sets the mode of both subjects. */
export async function setModes(registry: string, mode: Compatibility): Promise<void> {
  for (const subject of SUBJECTS) {
    const path = `/config/${encodeURIComponent(subject)}`;
    await ask(registry, path, { method: 'PUT', body: JSON.stringify({ compatibility: mode }) });
  }
}

/** Registers a schema; answers why it was refused, or undefined where it passed or was there already. */
export async function register(
  registry: string,
  subject: string,
  schema: object,
): Promise<string | undefined> {
  const path = `/subjects/${encodeURIComponent(subject)}/versions`;
  const body = JSON.stringify({ schema: JSON.stringify(schema) });
  const { status, text } = await ask(registry, path, { method: 'POST', body }, INCOMPATIBLE);
  return status === INCOMPATIBLE ? `${subject}: ${messageOf(text)}` : undefined;
}

async function ask(registry: string, path: string, request: RequestInit, allowed?: number) {
  const signal = AbortSignal.timeout(10_000);
  const response = await fetch(`${registry}${path}`, { ...request, headers: TYPE, signal });
  const text = await response.text();
  if (!response.ok && response.status !== allowed) {
    const what = `status ${response.status}, ${text.slice(0, 200)}`;
    throw new RegistryError(
      `the registry refuses ${request.method} ${path}: ${what}. Mend: see what it accepts with curl ${registry}/config`,
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
