/** Asks the server about once a second while the page is seen, and only for what changed. */

const EVERY_MS = 1_000;
const TIMEOUT_MS = 5_000;

/**
 * @typedef {object} Status
 * @property {string} version
 * @property {string} runId
 * @property {'live' | 'behind' | 'rebuilding' | 'kafka-away' | 'state-away'} condition
 * @property {string} detail
 * @property {string} now
 * @property {string | null} updatedAt
 * @property {number | null} skus
 * @property {number | null} records
 * @property {number | null} recordsExpected
 * @property {number} undecodable
 */

/** @typedef {{ months: number[], records: number[], [field: string]: (number | null)[] }} Columns */
/** @typedef {{ field: string, label: string }} Measure */

/**
 * @typedef {object} Series
 * @property {string} version
 * @property {Measure[]} measures
 * @property {Measure[]} monthly
 * @property {Columns} total
 * @property {Record<string, Columns>} skus
 */

/** @type {Map<string, { etag: string, body: unknown }>} */
const answers = new Map();

/**
 * The JSON at a path: the one at hand where the server says that it did not change. Null where the server has none now.
 * @param {string} path
 * @returns {Promise<any>}
 */
export async function ask(path) {
  const known = answers.get(path);
  /** @type {Record<string, string>} */
  const headers = known ? { 'if-none-match': known.etag } : {};
  const response = await fetch(path, {
    headers,
    cache: 'no-store',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (response.status === 304 && known) return known.body;
  if (!response.ok) {
    await response.body?.cancel();
    if (response.status === 404 || response.status === 503) return null;
    throw new Error(`${path} answered ${response.status}`);
  }
  const body = await response.json();
  const etag = response.headers.get('etag');
  if (etag) {
    for (const other of answers.keys()) if (samePlace(other, path)) answers.delete(other);
    answers.set(path, { etag, body });
  }
  return body;
}

/** Whether two paths differ at most in their query; only the last answer of each place is kept. @param {string} a @param {string} b */
function samePlace(a, b) {
  return a.split('?')[0] === b.split('?')[0];
}

/**
 * Calls `round` about once a second while the page is seen, never twice at a time.
 * @param {() => Promise<void>} round
 * @returns {() => void} asks for a round as soon as possible
 */
export function poll(round) {
  let running = false;
  let again = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  async function run() {
    clearTimeout(timer);
    if (running) {
      again = true;
      return;
    }
    running = true;
    again = false;
    await round();
    running = false;
    if (!document.hidden) timer = setTimeout(run, again ? 0 : EVERY_MS);
  }

  document.addEventListener('visibilitychange', () => {
    if (document.hidden) clearTimeout(timer);
    else void run();
  });
  void run();
  return () => void run();
}
