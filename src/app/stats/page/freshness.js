/** How fresh the page is: a line that counts, a notice where something is wrong, and news for screen readers. */
import { duration, number } from './format.js';

/** @import { Status } from './poll.js' */

const TICK_MS = 200;
const LIVE_FOR_MS = 3_000;
const ANNOUNCE_EVERY_MS = 30_000;

/** What a person reads of each condition. @type {Record<string, string>} */
const notices = {
  behind: 'The numbers are older than what is in Kafka, and catching up.',
  rebuilding: 'The summary is being read anew from Kafka. The numbers below are from before.',
  'kafka-away': 'The server cannot read from Kafka now. The numbers below are the last it has.',
  'state-away': 'The server’s database does not answer. The numbers below are from before.',
  disconnected:
    'The server does not answer. The numbers below are the last it gave; this page keeps asking.',
};

/** @param {string} id */
const element = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** Shows freshness; call `heard` with each status, `missed` where none came. */
export function createFreshness() {
  /** @type {Status | undefined} */
  let status;
  let heardAtMs = 0;
  let missed = false;
  let shownState = '';
  let announcedAtMs = 0;

  /** How old the newest number is, by the server's own clock. */
  function ageMs() {
    if (!status?.updatedAt) return null;
    return Date.parse(status.now) - Date.parse(status.updatedAt) + performance.now() - heardAtMs;
  }

  function stateNow() {
    if (missed) return 'disconnected';
    if (!status) return 'connecting';
    if (status.condition !== 'live') return status.condition;
    const age = ageMs();
    if (age === null) return 'empty';
    if (age < LIVE_FOR_MS) return 'live';
    return status.records !== null && status.records === status.recordsExpected
      ? 'complete'
      : 'idle';
  }

  function show() {
    const state = stateNow();
    const age = ageMs();
    element('freshness').dataset.state = state;
    setText('state', words(state));
    setText('age', age === null ? '' : `updated ${duration(age)} ago`);
    const notice = notices[state];
    element('notice').hidden = notice === undefined;
    setText('notice', notice ?? '');
    announce(state);
  }

  /** @param {string} state */
  function announce(state) {
    const changed = state !== shownState && !(isCalm(state) && isCalm(shownState));
    const due = performance.now() - announcedAtMs > ANNOUNCE_EVERY_MS && state === 'live';
    shownState = state;
    if (!changed && !due) return;
    announcedAtMs = performance.now();
    const hours = status?.records == null ? '' : ` ${number(status.records)} hours counted.`;
    setText('announcer', `${words(state)}.${notices[state] ? ` ${notices[state]}` : hours}`);
  }

  setInterval(show, TICK_MS);
  return {
    /** @param {Status} newStatus */
    heard(newStatus) {
      status = newStatus;
      heardAtMs = performance.now();
      missed = false;
      show();
    },
    missed() {
      missed = true;
      show();
    },
  };
}

/** Changes between these are not worth a screen reader's time. @param {string} state */
function isCalm(state) {
  return state === 'live' || state === 'idle' || state === 'complete';
}

/** @param {string} state */
function words(state) {
  /** @type {Record<string, string>} */
  const all = {
    connecting: 'Connecting',
    live: 'Live',
    idle: 'Up to date',
    complete: 'Complete',
    empty: 'Waiting for data',
    behind: 'Catching up',
    rebuilding: 'Reading anew',
    'kafka-away': 'Stale',
    'state-away': 'Stale',
    disconnected: 'Disconnected',
  };
  return all[state] ?? state;
}

/** @param {string} id @param {string} text */
function setText(id, text) {
  const target = element(id);
  if (target.textContent !== text) target.textContent = text;
}
