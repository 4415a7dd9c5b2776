import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import canonicalize from 'canonicalize';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { from, lastValueFrom, type Observable } from 'rxjs';
import type { WithCaller } from '../http/access.decorators.js';
import { actorOf } from '../http/caller.js';
import { ControlPlaneError } from '../errors.js';
import { Log } from '../log.js';
import { IdempotencyStore, type RequestKey } from './idempotency.store.js';
import { SECRET_ANSWER } from './secret-answer.decorator.js';

/**
 * A write with an `Idempotency-Key` that is sent again gets the first answer and changes nothing. A failed one is
 * forgotten, so that its repetition is carried out.
 */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(
    private readonly store: IdempotencyStore,
    private readonly reflector: Reflector,
    private readonly log: Log,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<FastifyRequest & WithCaller>();
    const secret = this.reflector.get<boolean | undefined>(SECRET_ANSWER, context.getHandler());
    const key = keyOf(request);
    // Uploads are named by their digest and need no other key.
    if (!key || secret === true || request.body instanceof Readable) return next.handle();
    return from(this.once(key, request, context.switchToHttp().getResponse<FastifyReply>(), next));
  }

  private async once(
    key: RequestKey,
    request: FastifyRequest,
    reply: FastifyReply,
    next: CallHandler,
  ): Promise<unknown> {
    const begun = await this.store.begin(key, request.routeOptions.url ?? '', digestOf(request));
    switch (begun.kind) {
      case 'answered':
        void reply.status(begun.status).header('idempotency-replayed', 'true');
        return begun.response;
      case 'running':
        throw new ControlPlaneError(
          'request-in-progress',
          'A request with this Idempotency-Key is under way.',
          {
            retryAfterSeconds: 1,
          },
        );
      case 'other-request':
        throw new ControlPlaneError(
          'idempotency-key-reused',
          'This Idempotency-Key belongs to another request; use a new key for each.',
        );
      case 'new':
        return this.carryOut(key, reply, next);
    }
  }

  private async carryOut(key: RequestKey, reply: FastifyReply, next: CallHandler): Promise<unknown> {
    let answer: unknown;
    try {
      answer = await lastValueFrom(next.handle(), { defaultValue: undefined });
    } catch (error) {
      await this.store
        .forget(key)
        .catch((cause: unknown) => this.log.error('an idempotency key could not be freed', cause));
      throw error;
    }
    await this.store.finish(key, reply.statusCode, answer);
    return answer;
  }
}

const WRITES = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

function keyOf(request: FastifyRequest & WithCaller): RequestKey | undefined {
  const header = request.headers['idempotency-key'];
  const { caller } = request;
  if (header === undefined || caller?.kind !== 'admin' || !WRITES.has(request.method)) return undefined;
  const key = String(header);
  if (!/^[\x21-\x7e]{1,200}$/.test(key)) {
    const errors = [{ field: 'Idempotency-Key', rule: 'must be 1-200 printable characters without spaces' }];
    throw new ControlPlaneError('invalid-request', `Idempotency-Key: ${errors[0]?.rule ?? ''}`, { errors });
  }
  return { fleet: caller.fleet, actor: actorOf(caller), key };
}

const digestOf = ({ method, url, body }: FastifyRequest): string =>
  createHash('sha256')
    .update(`${method} ${url}\n${canonicalize(body ?? null) ?? ''}`)
    .digest('hex');
