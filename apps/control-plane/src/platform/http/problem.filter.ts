import { type ArgumentsHost, Catch, HttpException, Injectable, type ExceptionFilter } from '@nestjs/common';
import type { Problem } from '@hamon/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ControlPlaneError, ERROR_STATUS, type ErrorCode } from '../errors.js';
import { Log } from '../log.js';

/** Every error leaves as RFC 9457 problem details. What is not ours to tell becomes a bare 500 and a line in the log. */
@Catch()
@Injectable()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly log: Log) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const known = asKnown(error);
    if (!known || known.code === 'internal') {
      this.log.error('request failed', error, { method: request.method, route: request.routeOptions.url });
    }
    const answer = known ?? new ControlPlaneError('internal', 'The control plane failed; its log says why.');
    // A body that has begun cannot become a problem any more: the connection ends, so that nobody takes it for whole.
    if (reply.raw.headersSent) {
      reply.raw.destroy();
      return;
    }
    if (answer.retryAfterSeconds !== undefined)
      void reply.header('retry-after', String(answer.retryAfterSeconds));
    if (answer.code === 'unauthenticated') void reply.header('www-authenticate', 'Bearer');
    // An upload that is refused half-way leaves its rest on the wire.
    if (!request.raw.complete) void reply.header('connection', 'close');
    void reply
      .status(ERROR_STATUS[answer.code])
      .header('content-type', 'application/problem+json')
      .send(JSON.stringify(toProblem(answer)));
  }
}

export function toProblem({ code, detail, errors }: ControlPlaneError): Problem {
  return {
    schema: 'hamon.problem/1',
    type: `urn:hamon:problem:${code}`,
    title: code.replaceAll('-', ' '),
    status: ERROR_STATUS[code],
    detail,
    code,
    ...(errors ? { errors: [...errors] } : {}),
  };
}

function asKnown(error: unknown): ControlPlaneError | undefined {
  if (error instanceof ControlPlaneError) return error;
  const status = statusOf(error);
  const code = status === undefined ? undefined : CODE_OF_STATUS[status];
  if (code === undefined || !(error instanceof Error)) return undefined;
  return new ControlPlaneError(code, error.message, { cause: error });
}

/** Nest's and Fastify's own refusals: unknown routes, bodies that cannot be read. */
function statusOf(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus();
  if (error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number') {
    return error.statusCode;
  }
  return undefined;
}

const CODE_OF_STATUS: Readonly<Record<number, ErrorCode>> = {
  400: 'invalid-request',
  404: 'not-found',
  405: 'method-not-allowed',
  413: 'payload-too-large',
  415: 'unsupported-media-type',
};
