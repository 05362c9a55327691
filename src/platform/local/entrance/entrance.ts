/** The REST entrance of a lab: one address on the loopback interface that passes each request on to an instance of a `stats` deployment. */
import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Agent, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { ProxyServer } from 'httpxy';
import { loopback } from '../ports.ts';
import type { Upstream, Weights } from './choose.ts';
import { choose, eligible } from './choose.ts';
import { refuseConnection, sendUnavailable } from './problems.ts';
import { watchUnready } from './unready.ts';

/** As long as a reader of everything waits at most. */
const answerLimitMs = 30_000;
const mostAttempts = 3;
const drainLimitMs = 5_000;
/** As the Summary Stats UI has them. */
const requestTimeoutMs = 10_000;
const keepAliveTimeoutMs = 72_000;

/** An open entrance; it ends with this process. */
export class Entrance {
  readonly port: number;
  readonly #server: Server;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #inFlight = new Map<string, Set<Promise<void>>>();
  readonly #unready = watchUnready(() => this.#upstreams().map(({ url }) => url));
  #upstreams: () => readonly Upstream[] = () => [];
  #weights: Weights;
  #proxy: Promise<ProxyServer> | undefined;

  /** @param server already listens */
  constructor(server: Server) {
    this.port = (server.address() as AddressInfo).port;
    this.#server = server;
    server.on('request', (request, response) => void this.#answer(request, response));
  }

  get url(): string {
    return `http://${loopback}:${this.port}`;
  }

  /** Sets who may answer; asked at each request. */
  serveFrom(upstreams: () => readonly Upstream[]): void {
    this.#upstreams = upstreams;
  }

  /** Shares readers out by weight from the next request on. */
  route(weights: Readonly<Record<string, number>>): void {
    this.#weights = new Map(Object.entries(weights));
  }

  /** Resolves when no request is with an instance, or after 5 s; it must not be among the upstreams any more. */
  async drained(url: string): Promise<void> {
    const passing = Promise.allSettled(this.#inFlight.get(url) ?? []);
    await Promise.race([passing, delay(drainLimitMs, undefined, { ref: false })]);
    this.#inFlight.delete(url);
  }

  /** Hangs up on all readers and frees the port. */
  async close(): Promise<void> {
    this.#unready.close();
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    this.#agent.destroy();
    await closed;
  }

  /** Asks one instance after the other as long as that is safe and nothing was answered. */
  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const proxy = await this.#loadProxy();
    const tried = new Set<string>();
    while (tried.size < mostAttempts) {
      const upstream = this.#choose(tried);
      if (upstream === undefined) break;
      tried.add(upstream.url);
      try {
        return await this.#track(
          upstream.url,
          proxy.web(request, response, { target: upstream.url }),
        );
      } catch {
        if (response.headersSent) response.destroy();
        if (response.destroyed) return;
        if (!isRepeatable(request)) break;
      }
    }
    const detail =
      tried.size === 0
        ? 'No instance of the Summary Stats UI is there; try again in a moment.'
        : 'No instance of the Summary Stats UI answers; try again in a moment.';
    sendUnavailable(response, detail);
  }

  /** One that is ready rather than one that only runs, which may still say what is wrong. */
  #choose(tried: ReadonlySet<string>): Upstream | undefined {
    const left = this.#upstreams().filter(({ url }) => !tried.has(url));
    const running = eligible(left, this.#weights);
    const ready = running.filter(({ url }) => !this.#unready.has(url));
    return choose(ready.length > 0 ? ready : running, this.#weights, Math.random());
  }

  #track(url: string, passing: Promise<void>): Promise<void> {
    const passings = this.#inFlight.get(url) ?? new Set();
    this.#inFlight.set(url, passings.add(passing));
    return passing.finally(() => passings.delete(passing));
  }

  /** Loaded at the first request, so that no start waits for it. */
  #loadProxy(): Promise<ProxyServer> {
    this.#proxy ??= import('httpxy').then(({ createProxyServer }) => {
      const proxy = createProxyServer({ agent: this.#agent, proxyTimeout: answerLimitMs });
      // These two are between an instance and us, not between us and the reader.
      proxy.on('proxyRes', ({ headers }, { headers: asked }) => {
        delete headers['keep-alive'];
        headers.connection = asked.connection?.toLowerCase() === 'close' ? 'close' : 'keep-alive';
      });
      return proxy;
    });
    return this.#proxy;
  }
}

/** Opens an entrance at a port, or at any where that one is taken or 0. */
export async function openEntrance(port: number): Promise<Entrance> {
  const server = createServer({
    requestTimeout: requestTimeoutMs,
    keepAliveTimeout: keepAliveTimeoutMs,
  });
  server.on('clientError', refuseConnection);
  try {
    await listen(server, port);
  } catch (error) {
    if (port === 0) throw error;
    await listen(server, 0);
  }
  return new Entrance(server);
}

async function listen(server: Server, port: number): Promise<void> {
  server.listen({ port, host: loopback, exclusive: true });
  // Rejects with the error where that comes first.
  await once(server, 'listening');
}

/** Whether a request may be asked again: it changes nothing and its body, which is gone, was none. */
function isRepeatable({ method, headers }: IncomingMessage): boolean {
  const hasBody = (headers['content-length'] ?? '0') !== '0' || 'transfer-encoding' in headers;
  return (method === 'GET' || method === 'HEAD') && !hasBody;
}
