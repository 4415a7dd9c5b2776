import { createHash } from 'node:crypto';
import type { VersionView } from '@hamon/contracts';
import { bundleDocument, tinyModel } from '@hamon/testing';
import type { TestControlPlane } from './test-control-plane.js';

/** Pushes a version of a tiny model with an `fp32` and an `int8-static` variant; it is validated, not released. */
export async function pushVariants(
  plane: Pick<TestControlPlane, 'url' | 'token' | 'call'>,
  { model = 'tiny', version = '1.0.0' } = {},
): Promise<VersionView> {
  await plane.call('POST', '/v1/models', { name: model, task: 'classification' });
  const models = { fp32: tinyModel(), 'int8-static': tinyModel({ bias: Float32Array.of(0, 0.01, 0) }) };
  const files: { path: string; sha256: string; length: number }[] = [];
  for (const [name, content] of Object.entries(models)) {
    const bytes = Buffer.from(content);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const upload = await fetch(`${plane.url}/v1/artifacts/${sha256}`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${plane.token}`, 'content-type': 'application/octet-stream' },
      body: bytes,
    });
    if (!upload.ok) throw new Error(`upload: ${upload.status} ${await upload.text()}`);
    files.push({ path: `model.${name}.onnx`, sha256, length: bytes.length });
  }
  const variants = Object.keys(models).map((name) => ({ name, file: `model.${name}.onnx` }));
  const bundle = bundleDocument({ model, version, variants });
  const pushed = await plane.call<VersionView>('POST', `/v1/models/${model}/versions`, {
    ...{ version, bundle, files },
  });
  if (pushed.status >= 300) throw new Error(`push: ${JSON.stringify(pushed.body)}`);
  return pushed.body;
}
