/** Answers that can be asked for conditionally: a strong entity tag, 304 where nothing changed, bodies made once. */
import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';

const MOST_BYTES = 16 * 1024 * 1024;

/** An answer's body, and all that it depends on. */
export interface Entity {
  /** What was asked for, in one spelling. */
  readonly name: string;
  /** Changes whenever the body may change. */
  readonly stamp: string;
  readonly type: string;
  readonly make: () => string | Buffer;
}

interface Made {
  readonly etag: string;
  readonly body: Buffer;
}

/** Keeps the newest body of what was asked for last, up to 16 MiB. */
export class EntityCache {
  readonly #made = new Map<string, Made>();
  #bytes = 0;

  /** The body under this tag, made now where it is not at hand. */
  body(entity: Entity, etag: string): Buffer {
    const known = this.#made.get(entity.name);
    if (known !== undefined) this.#drop(entity.name, known);
    const made = known?.etag === etag ? known : { etag, body: Buffer.from(entity.make()) };
    this.#made.set(entity.name, made);
    this.#bytes += made.body.length;
    for (const [name, oldest] of this.#made) {
      if (this.#bytes <= MOST_BYTES) break;
      this.#drop(name, oldest);
    }
    return made.body;
  }

  #drop(name: string, made: Made): void {
    this.#made.delete(name);
    this.#bytes -= made.body.length;
  }
}

/** Strong entity tag (RFC 9110, 8.8.3) of a body that depends on these texts only. */
export function entityTag(...parts: readonly string[]): string {
  return `"${createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 27)}"`;
}

/** Whether an `If-None-Match` header names the tag (RFC 9110, 13.1.2: weak comparison). */
export function namesTag(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  if (header.trim() === '*') return true;
  return header.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag);
}

/** Sends the entity, or 304 where the client has it. */
export function sendEntity(
  request: FastifyRequest,
  reply: FastifyReply,
  cache: EntityCache,
  entity: Entity,
): FastifyReply {
  const etag = entityTag(entity.name, entity.stamp);
  reply.header('etag', etag).header('cache-control', 'no-cache');
  if (namesTag(request.headers['if-none-match'], etag)) return reply.code(304).send();
  return reply.type(entity.type).send(cache.body(entity, etag));
}
