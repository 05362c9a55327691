/** Turns whatever goes wrong in a request into a problem answer, and refuses methods and paths that are not there. */
import type { Socket } from 'node:net';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { StateUnavailableError } from '../state/summary-db.ts';
import { PROBLEM_TYPE, Problem, problemBody, sendProblem } from './problem.ts';
import { echo } from './query-text.ts';

const LONGEST_TARGET = 8_192;
const ALLOW = 'GET, HEAD';

/** The problem that stands for an error; what a client need not know stays in the log. */
function problemOf(error: unknown, log: Logger): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof StateUnavailableError) {
    return new Problem(503, 'The state DB does not answer; try again in a moment.', [], error);
  }
  const status = (error as Partial<FastifyError> | undefined)?.statusCode ?? 500;
  if (status >= 400 && status < 500)
    return new Problem(status, 'The request cannot be used.', [], error);
  log.error({ event: 'request-failed', err: error }, 'a request failed');
  return new Problem(500, 'Something failed here; the log of this process says what.', [], error);
}

/** Adds the handlers; call before any route is added. */
export function addErrorHandling(http: FastifyInstance, log: Logger): void {
  const known: string[][] = [];
  http.addHook('onRoute', ({ url }) => {
    known.push(url.split('/'));
  });
  http.addHook('onRequest', async (request, reply) => {
    if (request.url.length > LONGEST_TARGET) {
      throw new Problem(414, `The address has more than ${LONGEST_TARGET} characters.`);
    }
    if (request.method === 'GET' || request.method === 'HEAD') return;
    if (!known.some((parts) => matches(parts, pathOf(request)))) throw notFound(request);
    reply.header('allow', ALLOW);
    throw new Problem(405, `${request.method} is not answered here, only ${ALLOW}.`);
  });
  http.setErrorHandler((error, _request, reply) => sendProblem(reply, problemOf(error, log)));
  http.setNotFoundHandler((request) => {
    throw notFound(request);
  });
}

/** Whether a path is one of a route, whose parts may be parameters such as `:sku`. */
function matches(route: readonly string[], path: string): boolean {
  const parts = path.split('/');
  const fits = (part: string, index: number) => part.startsWith(':') || part === parts[index];
  return parts.length === route.length && route.every(fits);
}

function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? '';
}

function notFound(request: FastifyRequest): Problem {
  return new Problem(404, `There is nothing at ${echo(pathOf(request))}.`);
}

/** Answers a target that the router cannot decode. */
export function refuseTarget(
  error: FastifyError,
  _request: FastifyRequest,
  reply: FastifyReply,
): void {
  const status = error.statusCode === 414 ? 414 : 400;
  const errors = [{ field: 'path', message: 'it is not percent-encoded UTF-8 of a known length' }];
  reply.header('x-content-type-options', 'nosniff');
  reply.header('content-security-policy', "default-src 'none'");
  sendProblem(reply, new Problem(status, 'The path cannot be decoded.', errors));
}

/** Answers bytes that are no HTTP request, then hangs up. */
export function refuseConnection(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, words, detail] =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? ([431, 'Request Header Fields Too Large', 'The head of the request is too large.'] as const)
      : ([400, 'Bad Request', 'This is not an HTTP request that can be read.'] as const);
  const body = problemBody(new Problem(status, detail));
  const head = [
    `HTTP/1.1 ${status} ${words}`,
    `content-type: ${PROBLEM_TYPE}`,
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
