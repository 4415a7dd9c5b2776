import { createHash } from 'node:crypto';
import { bundleDocument, tinyModel, type TinyModelOptions } from '@hamon/testing';
import type { TestControlPlane } from './test-control-plane.js';

/** What is needed of a control plane, in this process or another. */
type CallableControlPlane = Pick<TestControlPlane, 'url' | 'token' | 'call'>;

/** Pushes and releases a version of a tiny model; `padding` makes its bundle other bytes of at least this size. */
export async function pushReleased(
  plane: CallableControlPlane,
  { model = 'tiny', version = '1.0.0', options = {} as TinyModelOptions, release = true } = {},
): Promise<string> {
  await plane.call('POST', '/v1/models', { name: model, task: 'classification' });
  const bytes = Buffer.from(tinyModel(options));
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const upload = await fetch(`${plane.url}/v1/artifacts/${sha256}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${plane.token}`, 'content-type': 'application/octet-stream' },
    body: bytes,
  });
  if (!upload.ok) throw new Error(`upload: ${upload.status} ${await upload.text()}`);
  const bundle = bundleDocument({ model, version });
  const pushed = await plane.call<{ variants: { bundle: string }[] }>(
    'POST',
    `/v1/models/${model}/versions`,
    {
      version,
      bundle,
      files: [{ path: 'model.fp32.onnx', sha256, length: bytes.length }],
    },
  );
  if (pushed.status >= 300) throw new Error(`push: ${JSON.stringify(pushed.body)}`);
  if (release) {
    const released = await plane.call('POST', `/v1/models/${model}/versions/${version}/release`, {});
    if (released.status >= 300) throw new Error(`release: ${JSON.stringify(released.body)}`);
  }
  return pushed.body.variants[0]?.bundle ?? '';
}
