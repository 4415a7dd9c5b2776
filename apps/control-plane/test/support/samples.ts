import { randomBytes, randomUUID } from 'node:crypto';
import { encodeSample, SAMPLE_MEDIA_TYPE, type SampleMeta, type SampleTruth } from '@hamon/contracts';
import type { TestDevice } from './enrol.js';
import { sha256 } from './push.js';
import type { Answer, TestControlPlane } from './test-control-plane.js';

const PNG = Buffer.from('89504e470d0a1a0a', 'hex');

/** Bytes that begin as a PNG does: nothing on this way looks further. */
export const picture = (length = 1000): Buffer => Buffer.concat([PNG, randomBytes(length - PNG.length)]);

export interface Sent {
  readonly meta: SampleMeta;
  readonly answer: Answer<{ id: string; isNew: boolean; code?: string; detail?: string }>;
}

export function metaOf(device: string, bytes: Uint8Array, changes: Partial<SampleMeta> = {}): SampleMeta {
  return {
    ...{ schema: 'hamon.sample/1', id: randomUUID(), device, stream: 'line-a' },
    ...{ at: new Date().toISOString(), reasons: ['defect'], sha256: sha256(bytes), bytes: bytes.byteLength },
    ...{ mediaType: 'image/png', size: { width: 64, height: 48 }, blurred: 0 },
    answeredBy: { model: 'tiny', version: '1.0.0', variant: 'fp32', task: 'classification' },
    ...changes,
  } as SampleMeta;
}

/** What an agent does. */
export async function putSample(
  plane: TestControlPlane,
  token: string,
  digest: string,
  body: NonNullable<RequestInit['body']>,
): Promise<Sent['answer']> {
  const answer = await fetch(`${plane.url}/v1/samples/${digest}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${token}`, 'content-type': SAMPLE_MEDIA_TYPE },
    body,
    duplex: 'half',
  } as RequestInit);
  const document = (await answer.json()) as Sent['answer']['body'];
  return { status: answer.status, headers: answer.headers, body: document };
}

export async function sendSample(
  plane: TestControlPlane,
  device: TestDevice,
  changes: Partial<SampleMeta> = {},
  bytes: Uint8Array = picture(),
): Promise<Sent> {
  const meta = metaOf(device.id, bytes, changes);
  const body = encodeSample(meta, bytes) as NonNullable<RequestInit['body']>;
  return { meta, answer: await putSample(plane, await device.token(), meta.sha256, body) };
}

/** The fleet's policy, with pictures allowed unless it says otherwise. */
export async function setPolicy(
  plane: TestControlPlane,
  samples: Record<string, unknown> = {},
): Promise<Answer<{ version: number; code?: string }>> {
  return plane.call('PUT', '/v1/fleet/policy', {
    schema: 'hamon.fleet-policy/1',
    samples: { upload: true, ...samples },
  });
}

export const label = (
  plane: TestControlPlane,
  sample: string,
  truth: SampleTruth | Record<string, unknown>,
  headers: Record<string, string> = {},
): Promise<Answer<Record<string, unknown> & { code?: string; detail?: string }>> =>
  plane.call('POST', '/v1/feedback', { sample, truth }, headers);

/** An admin's token of another fleet, made with the fleet. */
export async function otherFleet(plane: TestControlPlane): Promise<Record<string, string>> {
  await plane.database.query(`INSERT INTO fleets (id) VALUES ('other') ON CONFLICT DO NOTHING`);
  await plane.database.query(
    `INSERT INTO access_tokens (id, fleet, name, hash)
     VALUES (gen_random_uuid(), 'other', 'ops', sha256('other-fleets-admin-token')) ON CONFLICT DO NOTHING`,
  );
  return { authorization: 'Bearer other-fleets-admin-token' };
}
