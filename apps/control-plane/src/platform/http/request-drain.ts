import type { ServerResponse } from 'node:http';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { ControlPlaneError, ERROR_STATUS } from '../errors.js';
import { toProblem } from './problem.filter.js';

const COME_AGAIN_SECONDS = 5;
/** Answers whether the process is alive; it is until it has ended. */
const ALIVE = '/healthz';

/** Lets requests under way finish before what they need is shut down. */
export class RequestDrain {
  private readonly open = new Set<ServerResponse>();
  private isDraining = false;
  private emptied: () => void = () => undefined;

  constructor(http: FastifyInstance) {
    http.addHook('onRequest', (request, reply, done) => {
      if (this.isDraining && request.routeOptions.url !== ALIVE) return void refuse(reply);
      const { raw } = reply;
      this.open.add(raw);
      raw.once('close', () => {
        this.open.delete(raw);
        if (this.open.size === 0) this.emptied();
      });
      done();
    });
  }

  /**
   * Refuses new requests, ends streams of events, which would not end by themselves, and resolves when everything else
   * is answered, or after so long.
   */
  async drain(withinMs: number): Promise<void> {
    this.isDraining = true;
    for (const response of this.open) if (isEventStream(response)) response.destroy();
    if (this.open.size === 0) return;
    await new Promise<void>((resolve) => {
      const patience = setTimeout(resolve, withinMs);
      this.emptied = () => {
        clearTimeout(patience);
        resolve();
      };
    });
  }
}

function refuse(reply: FastifyReply): void {
  const problem = new ControlPlaneError('unavailable', 'The control plane is stopping.');
  void reply
    .status(ERROR_STATUS[problem.code])
    .header('connection', 'close')
    .header('retry-after', String(COME_AGAIN_SECONDS))
    .header('content-type', 'application/problem+json')
    .send(JSON.stringify(toProblem(problem)));
}

const isEventStream = (response: ServerResponse): boolean =>
  String(response.getHeader('content-type')).startsWith('text/event-stream');
