import { setTimeout as delay } from 'node:timers/promises';
import { EnrolmentView, Problem, type DeviceFacts, type Enrolment } from '@hamon/contracts';
import { publicJwkOf, signEnrolmentProof, type SigningJwk } from '@hamon/trust';
import { AgentError } from '../agent-error.js';
import { isBusy, waitForServerMs } from '../core/busy-server.js';
import type { ServerClock } from './server-clock.js';

/** A server that is busy, and is asked again after `waitMs`. */
export interface BusyServer {
  readonly why: string;
  readonly waitMs: number;
  /** So far. */
  readonly attempts: number;
}

export interface EnrolmentCall {
  readonly serverUrl: string;
  readonly token: string;
  readonly key: SigningJwk;
  /** Wanted device id. */
  readonly device?: string | undefined;
  readonly facts: DeviceFacts;
  readonly clock: Pick<ServerClock, 'now'>;
  /** Is told of each wait for a server that is busy. */
  readonly waiting?: ((busy: BusyServer) => void) | undefined;
  /** Ends waiting and asking. */
  readonly signal?: AbortSignal | undefined;
}

const TIMEOUT_MS = 15_000;

/**
 * Asks the server to take this key in; a server that is busy is asked again for some minutes.
 * @throws what `signal` is aborted with while it waits
 * @throws AgentError `enrolment-refused`, `server-busy`, `server-unreachable`
 */
export function askToEnrol({
  serverUrl,
  token,
  key,
  device,
  facts,
  clock,
  waiting = () => undefined,
  signal,
}: EnrolmentCall): Promise<EnrolmentView> {
  // A new proof for each attempt: it expires after a few minutes.
  return untilTaken(
    async () =>
      post(
        serverUrl,
        {
          token,
          publicKey: publicJwkOf(key),
          proof: await signEnrolmentProof({ token, now: clock.now() }, key),
          ...(device !== undefined && { device }),
          facts,
        },
        signal,
      ),
    waiting,
    signal,
  );
}

async function untilTaken(
  attempt: () => Promise<EnrolmentView | Busy>,
  waiting: (busy: BusyServer) => void,
  signal: AbortSignal | undefined,
): Promise<EnrolmentView> {
  for (let attempts = 1; ; attempts += 1) {
    const answer = await attempt();
    if (!('retryAfter' in answer)) return answer;
    const waitMs = waitForServerMs(attempts, answer.retryAfter, Math.random());
    if (waitMs === undefined) {
      throw new AgentError(
        'server-busy',
        `the server is still busy after ${attempts} attempts: ${answer.why}`,
      );
    }
    waiting({ why: answer.why, waitMs, attempts });
    await delay(waitMs, undefined, { ...(signal && { signal }) });
  }
}

interface Busy {
  readonly why: string;
  readonly retryAfter: string | null;
}

async function post(serverUrl: string, body: Enrolment, signal?: AbortSignal): Promise<EnrolmentView | Busy> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  let response: Response;
  let answer: unknown;
  try {
    response = await fetch(new URL('/v1/enrolments', serverUrl), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      // A redirect must not take the token elsewhere.
      redirect: 'error',
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
    answer = await response.json().catch(() => undefined);
  } catch (cause) {
    const why = cause instanceof Error && cause.cause instanceof Error ? cause.cause.message : String(cause);
    throw new AgentError('server-unreachable', `${serverUrl} does not answer: ${why}`, { cause });
  }
  const view = EnrolmentView.safeParse(answer);
  if (response.ok && view.success) return view.data;
  const problem = Problem.safeParse(answer);
  const why = problem.success ? describe(problem.data) : `HTTP ${response.status} without a reason`;
  if (isBusy(response.status)) return { why, retryAfter: response.headers.get('retry-after') };
  throw new AgentError('enrolment-refused', `the server refused the enrolment: ${why}`);
}

const describe = ({ detail, errors }: Problem): string =>
  [detail, ...(errors ?? []).map(({ field, rule }) => `${field}: ${rule}`)].join('; ');
