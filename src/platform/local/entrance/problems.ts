/** What the entrance itself answers where no instance can: problems as the Summary Stats UI writes them (RFC 9457). */
import type { ServerResponse } from 'node:http';
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

const headers = {
  'content-type': 'application/problem+json',
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'",
  'x-content-type-options': 'nosniff',
} as const;

/** Answers that no instance can be reached now. */
export function sendUnavailable(response: ServerResponse, detail: string): void {
  const body = problem(503, detail);
  const length = Buffer.byteLength(body);
  response.writeHead(503, { ...headers, 'retry-after': '1', 'content-length': length }).end(body);
}

/** Answers bytes that are no HTTP request, then hangs up. */
export function refuseConnection(error: Error & { readonly code?: string }, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, detail] =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? ([431, 'The head of the request is too large.'] as const)
      : ([400, 'This is not an HTTP request that can be read.'] as const);
  const body = problem(status, detail);
  const own = { ...headers, 'content-length': Buffer.byteLength(body), connection: 'close' };
  const lines = Object.entries(own).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`);
}

function problem(status: number, detail: string): string {
  return JSON.stringify({
    type: 'about:blank',
    title: STATUS_CODES[status],
    status,
    detail,
    errors: [],
  });
}
