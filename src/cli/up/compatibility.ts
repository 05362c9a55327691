/** Sets the compatibility mode of the lab's subjects before anything is registered under them. */

import { ExpectedError } from '../expected-error.ts';

/** Subjects of the two data topics (TopicNameStrategy). */
const subjects = ['raw-data-in-value', 'summary-stats-value'];

/** Sets the mode of both subjects on the registry at this base URL. */
export async function setCompatibility(registry: string, mode: string): Promise<void> {
  await Promise.all(subjects.map((subject) => setMode(registry, subject, mode)));
}

async function setMode(registry: string, subject: string, mode: string): Promise<void> {
  const response = await fetch(`${registry}/config/${encodeURIComponent(subject)}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify({ compatibility: mode }),
    signal: AbortSignal.timeout(10_000),
  });
  const text = await response.text();
  if (response.ok) return;
  throw new ExpectedError(
    'REGISTRY_REFUSED',
    `the registry at ${registry} refuses the compatibility mode ${mode} of ${subject}: status ${response.status}, ${text.slice(0, 200)}. Mend: see what it accepts with curl ${registry}/config`,
  );
}
