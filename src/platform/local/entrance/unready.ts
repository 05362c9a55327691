/** Knows which of several instances say, or show by their silence, that they are not ready. */
import { ensureReady } from '../instance.ts';

const everyMs = 500;

/** What is known of the instances; asks them as long as it is open. */
export interface UnreadyWatch {
  has(url: string): boolean;
  close(): void;
}

/** Asks the instances every half second; a single one is not asked, since there is no choice. */
export function watchUnready(urls: () => readonly string[]): UnreadyWatch {
  const unready = new Set<string>();
  const asking = new Set<string>();
  const ask = async (url: string): Promise<void> => {
    if (asking.has(url)) return;
    asking.add(url);
    await ensureReady(url).then(
      () => unready.delete(url),
      () => unready.add(url),
    );
    asking.delete(url);
  };
  const timer = setInterval(() => {
    const known = urls();
    for (const url of unready) if (!known.includes(url)) unready.delete(url);
    if (known.length > 1) for (const url of known) void ask(url);
  }, everyMs).unref();
  return { has: (url) => unready.has(url), close: () => clearInterval(timer) };
}
