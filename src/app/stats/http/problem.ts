/** Answers to requests that cannot be met, as `application/problem+json` (RFC 9457). */
import { STATUS_CODES } from 'node:http';
import type { FastifyReply } from 'fastify';

/** Media type of these answers. */
export const PROBLEM_TYPE = 'application/problem+json';

/** What is wrong with one field of a request. */
export interface FieldError {
  readonly field: string;
  readonly message: string;
}

/** A request that cannot be met; thrown by handlers, sent by `sendProblem`. */
export class Problem extends Error {
  readonly status: number;
  readonly errors: readonly FieldError[];

  constructor(status: number, detail: string, errors: readonly FieldError[] = [], cause?: unknown) {
    super(detail, { cause });
    this.name = 'Problem';
    this.status = status;
    this.errors = errors;
  }
}

/** The body of an answer. */
export function problemBody({ status, message, errors }: Problem): string {
  const title = STATUS_CODES[status] ?? 'Error';
  return JSON.stringify({ type: 'about:blank', title, status, detail: message, errors });
}

/** Sends a problem as the answer. */
export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  if (problem.status === 503) reply.header('retry-after', '1');
  return reply
    .code(problem.status)
    .header('cache-control', 'no-store')
    .type(PROBLEM_TYPE)
    .send(problemBody(problem));
}

const problemSchema = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'errors'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['field', 'message'],
        properties: { field: { type: 'string' }, message: { type: 'string' } },
      },
    },
  },
};

/** The OpenAPI entry of an answer with one of these bodies. */
export function problemResponse(description: string) {
  return { description, content: { [PROBLEM_TYPE]: { schema: problemSchema } } };
}
