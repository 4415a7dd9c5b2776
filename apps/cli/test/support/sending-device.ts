import { createHash, randomUUID } from 'node:crypto';
import {
  apiAudience,
  encodeSample,
  SAMPLE_MEDIA_TYPE,
  type EnrolmentView,
  type SampleMeta,
} from '@hamon/contracts';
import { generateSigningKey, publicJwkOf, signDeviceToken, signEnrolmentProof } from '@hamon/trust';

const FACTS = {
  ...{ arch: 'arm64', platform: 'linux', cores: 4, memoryMb: 4096, node: '20.19.0', onnxruntime: '1.30.0' },
  ...{ accelerators: [], agent: '0.1.0' },
};

/** Sends one picture and answers the sample's id. */
export type SendPicture = (picture: Uint8Array, changes?: Partial<SampleMeta>) => Promise<string>;

/** A device that does nothing but send pictures. */
export async function sendingDevice(server: string, token: string, name: string): Promise<SendPicture> {
  const key = await generateSigningKey();
  const proof = await signEnrolmentProof({ token, now: new Date() }, key);
  const enrolled = await fetch(`${server}/v1/enrolments`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token, publicKey: publicJwkOf(key), proof, device: name, facts: FACTS }),
  });
  const { device, fleet } = (await enrolled.json()) as EnrolmentView;
  const audience = apiAudience(fleet);
  return async (picture, changes = {}) => {
    const sha256 = createHash('sha256').update(picture).digest('hex');
    const meta = {
      ...{ schema: 'hamon.sample/1', id: randomUUID(), device, stream: 'line-a', blurred: 0 },
      ...{ at: new Date().toISOString(), reasons: ['defect'], sha256, bytes: picture.byteLength },
      ...{ mediaType: 'image/png', size: { width: 16, height: 12 } },
      ...changes,
    } as SampleMeta;
    const now = new Date();
    const authorization = `Bearer ${await signDeviceToken({ device, audience, lifetimeSeconds: 600, now }, key)}`;
    const sent = await fetch(`${server}/v1/samples/${sha256}`, {
      method: 'PUT',
      headers: { authorization, 'content-type': SAMPLE_MEDIA_TYPE },
      body: encodeSample(meta, picture) as NonNullable<RequestInit['body']>,
    });
    if (!sent.ok) throw new Error(`sending a picture: ${sent.status} ${await sent.text()}`);
    return meta.id;
  };
}
