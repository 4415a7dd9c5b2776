import { mkdir } from 'node:fs/promises';
import { EnrolmentView, Problem, type Enrolment } from '@hamon/contracts';
import { hardwareFacts } from '@hamon/inference';
import { generateSigningKey, publicJwkOf, signEnrolmentProof } from '@hamon/trust';
import { AgentError } from '../agent-error.js';
import { AGENT_VERSION } from '../agent-version.js';
import { readDeviceKey, readIdentity, writeDeviceKey, writeIdentity, type Identity } from './identity.js';
import { ServerClock } from './server-clock.js';
import type { StatePaths } from './state-paths.js';

export interface EnrolmentRequest {
  readonly serverUrl: string;
  readonly token: string;
  /** Wanted device id. */
  readonly name?: string;
  /** Ask the server again although this device is enrolled: it may have lost its key, its database or its address. */
  readonly renew?: boolean;
}

const TIMEOUT_MS = 15_000;

/**
 * A device's first call. The key is made and kept before anything is sent, so that a lost answer is asked for again
 * under the same key. A device that is enrolled with this server already just says so, unless it is to renew what it
 * was given: it keeps its key and its id then, and pins what the server answers.
 *
 * @throws AgentError `already-enrolled` (with another server), `enrolment-refused`, `server-unreachable`
 */
export async function enrol(
  { serverUrl, token, name, renew = false }: EnrolmentRequest,
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
  const view = await post(serverUrl, {
    token,
    publicKey: publicJwkOf(key),
    proof: await signEnrolmentProof({ token, now: clock.now() }, key),
    ...(device !== undefined && { device }),
    facts: await hardwareFacts(AGENT_VERSION),
  });
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

async function post(serverUrl: string, body: Enrolment): Promise<EnrolmentView> {
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
  throw new AgentError('enrolment-refused', `the server refused the enrolment: ${why}`);
}

const describe = ({ detail, errors }: Problem): string =>
  [detail, ...(errors ?? []).map(({ field, rule }) => `${field}: ${rule}`)].join('; ');

const isNamed = ({ device }: Identity, name: string | undefined): boolean =>
  name === undefined || name === device;

const sameServer = (a: string, b: string): boolean => new URL(a).origin === new URL(b).origin;
