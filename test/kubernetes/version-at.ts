/** Asks REST for the application version that answers. */

/** Over a connection of its own; rejects where nothing usable answers. */
export async function versionAt(url: string): Promise<string> {
  const answer = await fetch(`${url}/status`, { headers: { connection: 'close' } });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  return ((await answer.json()) as { version: string }).version;
}
