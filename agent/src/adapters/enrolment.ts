import { mkdir } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { EnrolmentView, Problem, type Enrolment } from '@hamon/contracts';
import { hardwareFacts } from '@hamon/inference';
import { generateSigningKey, publicJwkOf, signEnrolmentProof } from '@hamon/trust';
import { AgentError } from '../agent-error.js';
import { AGENT_VERSION } from '../agent-version.js';
import { isBusy, waitForServerMs } from '../core/busy-server.js';
import { readDeviceKey, readIdentity, writeDeviceKey, writeIdentity, type Identity } from './identity.js';
import { ServerClock } from './server-clock.js';
import type { StatePaths } from './state-paths.js';

/** A server that takes no more just now, and is asked again after `waitMs`. */
export interface BusyServer {
  readonly why: string;
  readonly waitMs: number;
  /** So far. */
  readonly attempts: number;
}

export interface EnrolmentRequest {
  readonly serverUrl: string;
  readonly token: string;
  /** Wanted device id. */
  readonly name?: string;
  /** Ask the server again although this device is enrolled: it may have lost its key, its database or its address. */
  readonly renew?: boolean;
  /** Is told of each wait for a server that is busy. */
  readonly waiting?: (busy: BusyServer) => void;
}

const TIMEOUT_MS = 15_000;

/**
 * A device's first call. The key is made and kept before anything is sent, so that a lost answer is asked for again
 * under the same key. A device that is enrolled with this server already just says so, unless it is to renew what it
 * was given: it keeps its key and its id then, and pins what the server answers. A server that is busy is asked again for
 * some minutes.
 *
 * @throws AgentError `already-enrolled` (with another server), `enrolment-refused`, `server-busy`, `server-unreachable`
 */
export async function enrol(
  { serverUrl, token, name, renew = false, waiting = () => undefined }: EnrolmentRequest,
  paths: StatePaths,
): Promise<{ readonly identity: Identity; readonly how: 'new' | 'renewed' | 'known' }> {
  const known = await readIdentity(paths);
  if (known && !(renew && isNamed(known, name))) {
    if (!renew && sameServer(known.serverUrl, serverUrl) && isNamed(known, name)) {
      return { identity: known, how: 'known' };
    }
    throw new AgentError(
      'already-enrolled',
      `${paths.folder} belongs to device "${known.device}" of ${known.serverUrl}; use another state folder`,
    );
  }
  await mkdir(paths.folder, { recursive: true });
  const key = (await readDeviceKey(paths)) ?? (await generateSigningKey());
  await writeDeviceKey(paths, key);
  const clock = new ServerClock(serverUrl);
  await clock.measure();
  const device = known?.device ?? name;
  const facts = await hardwareFacts(AGENT_VERSION);
  // Proven anew with each attempt: a proof is worth nothing a few minutes later.
  const view = await untilTaken(
    async () =>
      post(serverUrl, {
        token,
        publicKey: publicJwkOf(key),
        proof: await signEnrolmentProof({ token, now: clock.now() }, key),
        ...(device !== undefined && { device }),
        facts,
      }),
    waiting,
  );
  const { schema: _schema, ...given } = view;
  const identity: Identity = {
    schema: 'hamon.identity/1',
    serverUrl,
    ...given,
    enrolledAt: clock.now().toISOString(),
  };
  await writeIdentity(paths, identity);
  return { identity, how: known ? 'renewed' : 'new' };
}

async function untilTaken(
  attempt: () => Promise<EnrolmentView | Busy>,
  waiting: (busy: BusyServer) => void,
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
    await delay(waitMs);
  }
}

interface Busy {
  readonly why: string;
  readonly retryAfter: string | null;
}

async function post(serverUrl: string, body: Enrolment): Promise<EnrolmentView | Busy> {
  let response: Response;
  let answer: unknown;
  try {
    response = await fetch(new URL('/v1/enrolments', serverUrl), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      // A redirect must not take the token elsewhere.
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
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

const isNamed = ({ device }: Identity, name: string | undefined): boolean =>
  name === undefined || name === device;

const sameServer = (a: string, b: string): boolean => new URL(a).origin === new URL(b).origin;
