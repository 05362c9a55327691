/** The prober on a server of its own: what it counts as good, as an error, as a gap, and as something no reader may see. */
import assert from 'node:assert/strict';
import type { Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import test, { suite } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { AnswerCheck } from '../../src/history/probe/answer-check.ts';
import { startProber } from '../../src/history/probe-rest.ts';
import type { ProbeSample } from '../../src/history/timeline.ts';

type Answer = (path: string, response: ServerResponse) => void;

async function serve(answer: Answer): Promise<{ url: string; server: Server }> {
  const server = createServer((request, response) => answer(request.url ?? '', response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const month = (qty: number) => ({ sku: 'sku_000000', year: 2000, month: 1, manufactured_qty: qty });

/** What a sound v1 answers. */
function sound(path: string, response: ServerResponse): void {
  if (path === '/sku_names') return void response.end('{"names":["sku_000000"]}');
  if (path.startsWith('/summary')) return void response.end('{"data":[]}');
  const data = path.endsWith('/2000') ? [month(7)] : [];
  response.end(JSON.stringify({ version: 'v1', data }));
}

async function probe(answer: Answer, forMs: number): Promise<ProbeSample[]> {
  const { url, server } = await serve(answer);
  const samples: ProbeSample[] = [];
  const prober = startProber({ url, skus: 1, emit: (sample) => samples.push(sample) });
  await sleep(forMs);
  await prober.stop();
  await prober.stop();
  server.closeAllConnections();
  server.close();
  return samples;
}

const total = (samples: readonly ProbeSample[], of: (sample: ProbeSample) => number) =>
  samples.reduce((sum, sample) => sum + of(sample), 0);
const longestGapMs = (samples: readonly ProbeSample[]) =>
  Math.max(...samples.map((sample) => sample.longestGapMs));

suite('the prober', () => {
  test('asks about 100 times per second, and all is good', async () => {
    const samples = await probe(sound, 2_000);
    const seconds = total(samples, ({ forMs }) => forMs) / 1_000;
    const rate = total(samples, ({ requests }) => requests) / seconds;
    assert.ok(rate > 70 && rate <= 110, `${rate} requests per second`);
    assert.equal(
      total(samples, ({ errors, oddities }) => errors + oddities),
      0,
    );
    assert.ok(total(samples, ({ versions }) => versions.v1 ?? 0) > 100);
    assert.ok(samples.some(({ medianMs, slowestMs }) => medianMs !== null && slowestMs !== null));
  });

  test('sees an outage as errors and as one gap, whatever the answers of that time were', async () => {
    let from = Number.POSITIVE_INFINITY;
    const samples = await probe((path, response) => {
      const now = performance.now();
      if (path.startsWith('/query')) from = Math.min(from, now + 300);
      if (now < from || now > from + 500) return sound(path, response);
      response.writeHead(503).end('{}');
    }, 2_000);
    assert.ok(total(samples, ({ errors }) => errors) > 20, 'errors are counted');
    assert.match(samples.find(({ error }) => error !== null)?.error ?? '', /503/);
    const gap = longestGapMs(samples);
    assert.ok(gap >= 450 && gap < 1_000, `the gap is told as ${gap} ms`);
  });

  test('sees a gap that is still open when it ends', async () => {
    let answered = 0;
    const samples = await probe((path, response) => {
      if (++answered < 20) sound(path, response);
    }, 1_500);
    assert.ok(longestGapMs(samples.slice(-1)) > 700, JSON.stringify(samples.at(-1)));
  });

  test('sees a total that went back', async () => {
    let asked = 0;
    const samples = await probe((path, response) => {
      if (!path.startsWith('/query')) return sound(path, response);
      const data = [month(++asked === 50 ? 6 : 7)];
      response.end(JSON.stringify({ version: 'v1', data }));
    }, 1_500);
    assert.equal(
      total(samples, ({ oddities }) => oddities),
      1,
    );
    const first = samples.find(({ firstOddity }) => firstOddity !== null)?.firstOddity;
    assert.equal(first, 'sku_000000 2000-1: v1 went back to 6, v1 had shown 7');
  });

  test('ends at once when its signal was given before', async () => {
    const emit = (): void => undefined;
    const signal = AbortSignal.abort();
    await startProber({ url: 'http://127.0.0.1:1', skus: 1, emit, signal }).stop();
  });
});

suite('what no reader may see', () => {
  const path = '/query/sku_000000/2000';
  const answer = (version: string, row: object) => ({ version, data: [row] });

  test('questions that overlap are not compared', () => {
    const check = new AnswerCheck();
    assert.deepEqual(check.oddities(path, answer('v1', month(9)), 0, 100), []);
    assert.deepEqual(check.oddities(path, answer('v1', month(8)), 90, 120), []);
    assert.equal(check.oddities(path, answer('v1', month(8)), 110, 120).length, 1);
  });

  test('another version may be a little behind, and not more', () => {
    const check = new AnswerCheck();
    const v2 = { ...month(8), defect_qty: null };
    check.oddities(path, answer('v1', month(9)), 0, 100);
    assert.deepEqual(check.oddities(path, answer('v2', v2), 1_000, 1_010), []);
    assert.equal(check.oddities(path, answer('v2', v2), 2_500, 2_510).length, 1);
  });

  test('fields are those of the version that is named', () => {
    const v2 = { ...month(9), defect_qty: 1 };
    assert.deepEqual(new AnswerCheck().oddities(path, answer('v2', v2), 0, 1), []);
    assert.match(
      new AnswerCheck().oddities(path, answer('v1', v2), 0, 1).join(),
      /v1 answers with the fields sku year month manufactured_qty defect_qty/,
    );
  });

  test('a summary is of one version', () => {
    const entry = (totals: object, own = {}) => ({ ...own, manufacturing: [{ sku: 's', totals }] });
    const costs = { base_cost: 1, total_manufacturing_cost: 2 };
    const [v1, v2] = [{ manufactured_qty: 1 }, { manufactured_qty: 1, defect_qty: 1 }];
    const v3 = { ...v2, production_cost: 1 };
    const odd = (...data: object[]) => new AnswerCheck().oddities('/summary', { data }, 0, 1);
    for (const good of [entry(v1), entry(v2), entry(v3, costs)]) assert.deepEqual(odd(good), []);
    assert.equal(odd(entry(v1), entry(v2)).length, 1);
    assert.equal(odd(entry(v3)).length, 1);
    assert.equal(odd(entry(v1, costs)).length, 1);
    assert.equal(new AnswerCheck().oddities('/summary', {}, 0, 1).length, 1);
  });
});
