import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { documentDigest, generateSigningKey } from '@hamon/trust';
import { Scene } from './support/scene.js';
import { tinyBundle } from './support/test-bundles.js';
import { type PreparedBundle } from './support/test-fleet.js';
import { until } from './support/until.js';

describe('a device refuses', () => {
  let scene: Scene;
  let v1: PreparedBundle;
  beforeAll(async () => {
    scene = await Scene.open();
    v1 = await scene.bundle('1.0.0');
  });
  afterEach(() => scene.killAgents());
  afterAll(() => scene.close());

  const rejected = (id: string, code: string, log: () => string) =>
    until(`${id} rejects with ${code}`, () => scene.fleet.rejectionOf(id) === code, undefined, log);

  it('manifests that are not for it or not from its control plane, each with its own reason', async () => {
    const { fleet } = scene;
    const { id, agent } = await scene.running(v1);
    const sequence = await fleet.desire(id, v1);
    await scene.reached(sequence, 'committed', agent);
    const other = await scene.bundle('2.0.0');
    const forge = generateSigningKey;
    const expect_ = async (code: string, manifest: unknown): Promise<void> => {
      await fleet.publishDesired(id, manifest);
      await rejected(id, code, () => agent.log);
    };
    const forged = await fleet.sign(id, other, { key: await forge() });
    await expect_('manifest-bad-signature', forged);
    // Which one it was, and both keys: that of the manifest, and the pinned one.
    const report = fleet.lastReport(id);
    expect(report?.rejected).toMatchObject({ digest: documentDigest(forged) });
    const header = Buffer.from(forged.signatures[0]?.protected ?? '', 'base64url').toString();
    for (const keyId of [report?.keyId ?? 'none', (JSON.parse(header) as { kid: string }).kid]) {
      expect(report?.rejection?.detail).toContain(keyId);
    }
    await expect_('manifest-foreign-device', await fleet.sign('cam-999', other));
    await expect_('manifest-foreign-fleet', await fleet.sign(id, other, { fleet: 'globex' }));
    await expect_('manifest-expired', await fleet.sign(id, other, { expiresInMs: -1000 }));
    await expect_('manifest-older', await fleet.sign(id, other, { sequence: sequence - 1 }));
    await expect_('manifest-conflict', await fleet.sign(id, other, { sequence }));
    await expect_('manifest-malformed', { hello: 'world' });
    const { payload } = await fleet.sign(id, other);
    await expect_('manifest-unsigned', { payload, signatures: [] });
    expect(fleet.lastReport(id)?.slots.current).toMatchObject({ version: '1.0.0', sequence });
    const told = (): number => fleet.kinds(id).filter((kind) => kind === 'manifest-rejected').length;
    await until('each was told', () => told() === 8);

    await scene.reached(await fleet.desire(id, v1), 'committed', agent);
    await until('the rejection is gone', () => fleet.rejectionOf(id) === undefined);
  });

  it.each<[string, string, Parameters<Scene['bundle']>[1], Parameters<Scene['bundle']>[2]]>([
    ['outputs that are not finite', 'output-not-finite', { weights: new Float32Array(3).fill(NaN) }, {}],
    ['labels that do not fit the output', 'labels-mismatch', { classes: 4 }, {}],
    ['another input', 'input-mismatch', { inputName: 'pixels' }, {}],
    [
      'a model slower than its budget',
      'latency-budget',
      { delayRounds: 8000 },
      { budgets: { p95Ms: 0.5, rssMb: 1000 } },
    ],
    ['a model larger than its budget', 'memory-budget', {}, { budgets: { p95Ms: 1000, rssMb: 5 } }],
    ['a model that always says one label', 'label-collapse', { bias: Float32Array.of(99, 0, 0) }, {}],
  ])('%s', async (_, code, model, overrides) => {
    const { fleet } = scene;
    const { id, agent, sequence } = await scene.running(v1);
    const bad = await fleet.desire(id, await scene.bundle('3.0.0', model, overrides));
    await scene.reached(bad, 'refused', agent);
    expect(fleet.reasonOf(bad)).toBe(code);
    expect(fleet.chain(bad)).not.toContain('active');
    expect(fleet.lastReport(id)?.slots).toMatchObject({ current: { sequence }, candidate: null });
  });

  it('a bundle without the variant that its manifest names, or of another version', async () => {
    const { fleet } = scene;
    const { id, agent } = await scene.running(v1);
    const other = await scene.bundle('3.0.0', { bias: Float32Array.of(0, 0.7, 0) });
    for (const manifest of [
      await fleet.sign(id, other, { variant: 'int8' }),
      await fleet.sign(id, { ...other, version: '9.9.9' }),
    ]) {
      await fleet.publishDesired(id, manifest);
      const { sequence } = JSON.parse(Buffer.from(manifest.payload, 'base64url').toString('utf8'));
      await scene.reached(sequence, 'refused', agent);
      expect(fleet.reasonOf(sequence)).toBe('bundle-invalid');
    }
  });

  it('a model that does not load', async () => {
    const { fleet, folder } = scene;
    const { id, agent } = await scene.running(v1);
    const path = await tinyBundle(folder, '3.0.0');
    await writeFile(join(path, 'model.fp32.onnx'), 'no model');
    const broken = await fleet.prepare(path);
    await fleet.publishChunks(broken);
    const bad = await fleet.desire(id, broken);
    await scene.reached(bad, 'refused', agent);
    expect(fleet.reasonOf(bad)).toBe('model-unloadable');
  });

  it('to try a refused manifest again, also after a restart and a kill', async () => {
    const { fleet } = scene;
    const { id, agent } = await scene.running(v1);
    const bad = await fleet.desire(
      id,
      await scene.bundle('3.0.0', { weights: new Float32Array(3).fill(NaN) }),
    );
    await scene.reached(bad, 'refused', agent);
    await agent.kill();
    await agent.start();
    await rejected(id, 'manifest-abandoned', () => agent.log);
    expect(fleet.chain(bad).at(-1)).toBe('refused');
    expect(fleet.chain(bad).filter((state) => state === 'refused')).toHaveLength(1);
    const good = await fleet.desire(id, await scene.bundle('4.0.0', { bias: Float32Array.of(0, 0.3, 0) }));
    await scene.reached(good, 'committed', agent);
  });

  it('chunks with wrong bytes, asks again, and gives up with a reason', async () => {
    const { fleet } = scene;
    const { id, agent } = await scene.running(v1);
    const next = await scene.bundle('5.0.0', { bias: Float32Array.of(0, 0.5, 0) });
    const [sha256, bytes] = [...next.chunks][0]!;
    await fleet.publishChunk(sha256, Buffer.from('wrong'));
    const failed = await fleet.desire(id, next);
    await scene.reached(failed, 'refused', agent);
    expect(fleet.reasonOf(failed)).toBe('chunk-unavailable');
    expect(fleet.kinds(id).filter((kind) => kind === 'chunk-corrupt')).toHaveLength(3);

    const again = await fleet.desire(id, next);
    await until(
      'it was wrong again',
      () => fleet.kinds(id).filter((kind) => kind === 'chunk-corrupt').length > 3,
    );
    await fleet.publishChunk(sha256, bytes);
    await scene.reached(again, 'committed', agent);
  });

  it('to wait for ever for a chunk that is withdrawn', async () => {
    const { fleet } = scene;
    const { id, agent } = await scene.running(v1);
    const next = await scene.bundle('6.0.0', { bias: Float32Array.of(0, 0.6, 0) });
    await fleet.publishChunk([...next.chunks.keys()].at(-1)!, new Uint8Array(0));
    const failed = await fleet.desire(id, next);
    await scene.reached(failed, 'refused', agent);
    expect(fleet.reasonOf(failed)).toBe('chunk-unavailable');
    expect(fleet.kinds(id)).not.toContain('chunk-corrupt');
    expect(await scene.current(id)).toBe('1.0.0');
  });
});
