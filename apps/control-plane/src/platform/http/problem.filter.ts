import { type ArgumentsHost, Catch, HttpException, Injectable, type ExceptionFilter } from '@nestjs/common';
import type { Problem } from '@hamon/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { passingFault } from '../database-fault.js';
import { ControlPlaneError, ERROR_STATUS, type ErrorCode } from '../errors.js';
import { Log } from '../log.js';
import { Seldom } from '../seldom.js';

/** A database that is away for a minute fails thousands of requests for one reason. */
const REPEAT_MS = 10_000;

/** Turns every error into RFC 9457 problem details. What callers must not see becomes a bare 500 and a line in the log. */
@Catch()
@Injectable()
export class ProblemFilter implements ExceptionFilter {
  private readonly seldom = new Seldom(REPEAT_MS);

  constructor(private readonly log: Log) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const passing = asPassing(error);
    if (passing) this.seldom.say((suppressed) => this.log.error(passing.detail, error, { suppressed }));
    const known = passing ?? asKnown(error);
    if (!known || known.code === 'internal') {
      this.log.error('request failed', error, { method: request.method, route: request.routeOptions.url });
    }
    const answer = known ?? new ControlPlaneError('internal', 'The control plane failed; its log says why.');
    // A body that has begun cannot become a problem: the connection ends, so that nobody takes it for complete.
    if (reply.raw.headersSent) {
      reply.raw.destroy();
      return;
    }
    if (answer.retryAfterSeconds !== undefined)
      void reply.header('retry-after', String(answer.retryAfterSeconds));
    if (answer.code === 'unauthenticated') void reply.header('www-authenticate', 'Bearer');
    // The rest of an upload that is refused half-way is still on the wire.
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

const COME_AGAIN_SECONDS = 5;

/** What is nobody's mistake and over in a moment, also where the caller itself waited for a connection. */
function asPassing(error: unknown): ControlPlaneError | undefined {
  const fault = passingFault(error);
  if (fault === undefined) return undefined;
  const [code, detail] =
    fault === 'pool-full'
      ? (['overloaded', 'Every connection to the database is taken; try again in a few seconds.'] as const)
      : (['unavailable', 'The database does not answer at the moment; try again in a few seconds.'] as const);
  return new ControlPlaneError(code, detail, { cause: error, retryAfterSeconds: COME_AGAIN_SECONDS });
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
