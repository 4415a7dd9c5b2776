import { apiAudience, type DeviceFacts, type EnrolmentView } from '@hamon/contracts';
import {
  generateSigningKey,
  publicJwkOf,
  signDeviceToken,
  signEnrolmentProof,
  type SigningJwk,
} from '@hamon/trust';
import type { Answer, CallablePlane, TestControlPlane } from './test-control-plane.js';

export const FACTS: DeviceFacts = {
  arch: 'arm64',
  platform: 'linux',
  cores: 4,
  memoryMb: 4096,
  node: '20.19.0',
  onnxruntime: '1.30.0',
  accelerators: [],
  agent: '0.1.0',
};

export interface TestDevice {
  readonly id: string;
  readonly key: SigningJwk;
  readonly view: EnrolmentView;
  /** For the HTTP API. */
  token(changes?: { audience?: string; lifetimeSeconds?: number; now?: Date }): Promise<string>;
}

export async function enrolmentToken(
  plane: TestControlPlane,
  { uses = 10, ttlSeconds = 3600, labels = {} } = {},
): Promise<string> {
  const { body } = await plane.call<{ token: string }>('POST', '/v1/enrolment-tokens', {
    uses,
    ttlSeconds,
    labels,
  });
  return body.token;
}

/** A device's first call. */
export async function tryEnrol(
  plane: TestControlPlane,
  token: string,
  key: SigningJwk,
  changes: Record<string, unknown> = {},
): Promise<Answer<EnrolmentView & { code: string; detail: string }>> {
  const proof = await signEnrolmentProof({ token, now: new Date() }, key);
  const body = { token, publicKey: publicJwkOf(key), proof, facts: FACTS, ...changes };
  return plane.call('POST', '/v1/enrolments', body, { authorization: '' });
}

export async function enrol(
  plane: TestControlPlane,
  {
    name,
    labels = {},
    facts = FACTS,
  }: { name?: string; labels?: Record<string, string>; facts?: object } = {},
): Promise<TestDevice> {
  const key = await generateSigningKey();
  const token = await enrolmentToken(plane, { uses: 1, labels });
  const answer = await tryEnrol(plane, token, key, {
    facts,
    ...(name === undefined ? {} : { device: name }),
  });
  if (answer.status !== 201) throw new Error(`enrol: ${JSON.stringify(answer.body)}`);
  const { device, fleet } = answer.body;
  return {
    id: device,
    key,
    view: answer.body,
    token: ({ audience = apiAudience(fleet), lifetimeSeconds = 600, now = new Date() } = {}) =>
      signDeviceToken({ device, audience, lifetimeSeconds, now }, key),
  };
}

/** A device's key and what it learnt at its enrolment, by a control plane that can be called alone. */
export async function enrolHardware(
  plane: CallablePlane,
  device: string,
  labels: Record<string, string>,
  facts: DeviceFacts,
): Promise<{ readonly identity: EnrolmentView; readonly key: SigningJwk }> {
  const made = await plane.call<{ token: string }>('POST', '/v1/enrolment-tokens', {
    uses: 1,
    ttlSeconds: 600,
    labels,
  });
  if (made.status !== 201) throw new Error(`enrolment token: ${JSON.stringify(made.body)}`);
  const { token } = made.body;
  const key = await generateSigningKey();
  const answer = await plane.call<EnrolmentView>('POST', '/v1/enrolments', {
    ...{ token, device, facts, publicKey: publicJwkOf(key) },
    proof: await signEnrolmentProof({ token, now: new Date() }, key),
  });
  if (answer.status >= 300) throw new Error(`enrolment: ${JSON.stringify(answer.body)}`);
  return { identity: answer.body, key };
}
