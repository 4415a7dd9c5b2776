import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hardwareClassOf } from '@hamon/compress';
import type {
  DeviceFacts,
  DeviceView,
  Page,
  RolloutEventView,
  RolloutMemberView,
  RolloutView,
  VariantFigures,
  VersionChoicesView,
} from '@hamon/contracts';
import { tinyModel } from '@hamon/testing';
import { VariantProfileStore } from '../../src/registry/variant-profile.store.js';
import { connectAgent } from '../support/connect-agent.js';
import { behaveLikeAnAgent } from '../support/device-behaviour.js';
import { FACTS } from '../support/enrol.js';
import { eventually } from '../support/eventually.js';
import type { FakeDevice } from '../support/fake-device.js';
import { release } from '../support/push.js';
import { figures } from '../support/report.js';
import { rolloutEnds, rolloutOf } from '../support/rollouts.js';
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.js';

interface Refusal {
  readonly code: string;
  readonly detail: string;
  readonly errors?: readonly { field: string; rule: string }[];
}

const FAST: DeviceFacts = { ...FACTS, accelerators: ['asimddp'] };
const OLD: DeviceFacts = { ...FACTS, cores: 2, accelerators: [] };
const NEW: DeviceFacts = { ...FACTS, cores: 8 };
const [fastClass, oldClass, newClass] = [FAST, OLD, NEW].map(hardwareClassOf) as [string, string, string];

let plane: TestControlPlane;
const devices: FakeDevice[] = [];
const start = (wanted: Record<string, unknown>) =>
  plane.call<RolloutView & Refusal>('POST', '/v1/rollouts', {
    model: 'tiny',
    version: '2.0.0',
    stages: '2,100%',
    watchSeconds: 0,
    ...wanted,
  });
const show = (id: string): Promise<RolloutView> => rolloutOf(plane, id);
const ends = (id: string): Promise<RolloutView> => rolloutEnds(plane, id);
const members = async (id: string): Promise<readonly RolloutMemberView[]> =>
  (await plane.call<Page<RolloutMemberView>>('GET', `/v1/rollouts/${id}/members`)).body.items;
const choices = async (query = ''): Promise<VersionChoicesView> =>
  (await plane.call<VersionChoicesView>('GET', `/v1/models/tiny/versions/2.0.0/choices${query}`)).body;

/** As a device of the class would have measured. */
async function measured(
  version: string,
  hardwareClass: string,
  by: Record<string, VariantFigures>,
): Promise<void> {
  const [row] = await plane.database.query<{ id: string }[]>('SELECT id FROM versions WHERE version = $1', [
    version,
  ]);
  const profiles = Object.entries(by).map(([variant, shown]) => ({
    variant,
    hardwareClass,
    source: 'compression' as const,
    device: null,
    measuredAt: new Date(),
    figures: shown,
  }));
  const store = plane.app.get(VariantProfileStore, { strict: false });
  await store.record(plane.database.manager, row?.id ?? '', profiles);
}

const publish = (version: string) =>
  release(plane, {
    bundle: {
      version,
      variants: [
        { name: 'fp32', file: 'model.fp32.onnx' },
        { name: 'int8-static', file: 'model.int8-static.onnx' },
      ],
    },
    files: { 'model.int8-static.onnx': tinyModel({ weights: Float32Array.of(3, 2, 1) }) },
  });

beforeAll(async () => {
  plane = await startTestControlPlane();
  await publish('1.0.0');
  await publish('2.0.0');
  for (const [i, facts] of [FAST, FAST, FAST, OLD, OLD, NEW].entries()) {
    const labels = { of: ['fast', 'old', 'new'][[FAST, OLD, NEW].indexOf(facts)]! };
    devices.push(await connectAgent(plane, `cam-${i}`, { labels, facts }));
  }
  await measured('2.0.0', fastClass, { fp32: figures(2), 'int8-static': figures(1) });
  await measured('2.0.0', oldClass, { fp32: figures(2), 'int8-static': figures(3) });
});
afterAll(async () => {
  for (const device of devices) await device.stop();
  await plane.discard();
});

describe('a rollout without a variant', () => {
  it('brings the original where nothing was measured', async () => {
    const { status, body } = await start({ version: '1.0.0' });
    expect([status, body.variant]).toEqual([201, 'fp32']);
    expect(body.targets).toEqual([
      {
        variant: 'fp32',
        choice: 'unmeasured',
        hardwareClasses: [fastClass, oldClass, newClass].sort(),
        devices: 6,
      },
    ]);
    expect((await ends(body.id)).state).toBe('succeeded');
    expect(devices.map(({ slots }) => slots.current?.variant)).toEqual(Array(6).fill('fp32'));
  });

  it('shows beforehand which variant it would bring where, and why', async () => {
    const { constraints, classes } = await choices();
    expect(constraints).toMatchObject({ maxAccuracyDrop: 0.01, maxP95Ms: expect.any(Number) });
    const told = classes.map(({ hardwareClass, devices: count, kind, variant }) => [
      hardwareClass,
      count,
      kind,
      variant,
    ]);
    expect(told).toEqual(
      [
        [fastClass, 3, 'chosen', 'int8-static'],
        [newClass, 1, 'unmeasured', 'fp32'],
        [oldClass, 2, 'chosen', 'fp32'],
      ].sort(([a], [b]) => ((a as string) < (b as string) ? -1 : 1)),
    );
    expect((await choices('?where=of=old')).classes).toHaveLength(1);
    const strict = await choices('?where=of=old&maxP95Ms=0.5');
    expect(strict.classes[0]).toMatchObject({
      ...{ kind: 'none', variant: null },
      rejected: [{ variant: 'fp32', reasons: ['p95 3.0 ms is above 0.5 ms'] }, { variant: 'int8-static' }],
    });
    expect((await plane.call('GET', '/v1/models/tiny/versions/2.0.0/choices?maxP95Ms=fast')).status).toBe(
      400,
    );
  });

  it('is refused where nothing holds on a class, naming class, variants and breaches, and stores nothing', async () => {
    const before = (await plane.call<Page<RolloutView>>('GET', '/v1/rollouts')).body.items.length;
    const { status, body } = await start({ constraints: { maxP95Ms: 1.6 } });
    expect([status, body.code]).toEqual([422, 'no-variant-qualifies']);
    expect(body.detail).toContain(oldClass);
    expect(body.detail).toContain('2 devices');
    expect(body.detail).toContain('fp32: p95 3.0 ms is above 1.6 ms');
    expect(body.detail).toContain('int8-static: p95 4.5 ms is above 1.6 ms');
    expect(body.detail).not.toContain(fastClass);
    expect(body.errors).toEqual([{ field: 'constraints', rule: expect.stringContaining(oldClass) }]);
    const { items } = (await plane.call<Page<RolloutView>>('GET', '/v1/rollouts')).body;
    expect(items).toHaveLength(before);
  });

  it('is refused with constraints beside a given variant, and with invalid constraints', async () => {
    const both = await start({ variant: 'fp32', constraints: { maxAccuracyDrop: 0.1 } });
    expect([both.status, both.body.detail]).toEqual([400, expect.stringContaining('constraints')]);
    expect((await start({ constraints: { maxAccuracyDrop: 2 } })).status).toBe(400);
    expect((await start({ constraints: { fast: true } })).status).toBe(400);
  });

  it('brings each device the variant chosen for its class, one of each first', async () => {
    const { status, body } = await start({ approve: 'manual' });
    expect([status, body.variant]).toEqual([201, null]);
    expect(body.targets).toEqual([
      { variant: 'fp32', choice: 'measured', hardwareClasses: [oldClass], devices: 2 },
      { variant: 'fp32', choice: 'unmeasured', hardwareClasses: [newClass], devices: 1 },
      { variant: 'int8-static', choice: 'measured', hardwareClasses: [fastClass], devices: 3 },
    ]);
    const waiting = await eventually('approval', async () => {
      const view = await show(body.id);
      return view.state === 'awaiting-approval' && view;
    });
    // How many were reached is a matter of the stage, not of a variant.
    const checks = waiting.stages[0]?.judgement?.checks.filter(({ name }) => name !== 'reached') ?? [];
    expect(new Set(checks.map(({ variant }) => variant))).toEqual(new Set(['fp32', 'int8-static']));
    const first = (await members(body.id)).filter(({ stage }) => stage === 0);
    expect(first.map(({ variant }) => variant).sort()).toEqual(['fp32', 'int8-static']);

    await plane.call('POST', `/v1/rollouts/${body.id}/approve`, {});
    expect(await ends(body.id)).toMatchObject({ state: 'succeeded', reason: '', progress: { committed: 6 } });
    const expected = ['int8-static', 'int8-static', 'int8-static', 'fp32', 'fp32', 'fp32'];
    expect(devices.map(({ slots }) => slots.current?.variant)).toEqual(expected);
    expect(devices.map(({ slots }) => slots.current?.version)).toEqual(Array(6).fill('2.0.0'));
    const byDevice = new Map((await members(body.id)).map((member) => [member.device, member]));
    expect(devices.map(({ id }) => byDevice.get(id)?.variant)).toEqual(expected);
    expect(byDevice.get('cam-3')).toMatchObject({ hardwareClass: oldClass, previousVersion: '1.0.0' });
    const { body: device } = await plane.call<DeviceView>('GET', '/v1/devices/cam-0');
    expect([device.hardwareClass, device.desired?.variant]).toEqual([fastClass, 'int8-static']);
    const events = await fetch(`${plane.url}/v1/rollouts/${body.id}/events`, {
      headers: { authorization: `Bearer ${plane.token}` },
    }).then((answer) => answer.text());
    const data = events.split('\n').find((line) => line.startsWith('data: ')) ?? '';
    const started = JSON.parse(data.slice(6)) as RolloutEventView;
    expect(started.text).toContain(`int8-static on 3 devices (${fastClass})`);
    expect(started.text).toContain('fp32 on 1 device (unmeasured)');
  });

  it('brings every device back to what it ran, where one variant alone is bad', async () => {
    await publish('3.0.0');
    await measured('3.0.0', fastClass, { fp32: figures(2), 'int8-static': figures(1) });
    await measured('3.0.0', oldClass, { fp32: figures(2), 'int8-static': figures(3) });
    for (const device of devices) behaveLikeAnAgent(device, device.id < 'cam-3' ? ['3.0.0'] : []);
    const { body } = await start({ version: '3.0.0' });
    const view = await ends(body.id);
    expect([view.state, view.devicesTouched]).toEqual(['rolled-back', 2]);
    expect(view.reason).toMatch(/^int8-static: collapse/);
    expect(devices.map(({ slots }) => `${slots.current?.version} ${slots.current?.variant}`)).toEqual([
      ...Array<string>(3).fill('2.0.0 int8-static'),
      ...Array<string>(3).fill('2.0.0 fp32'),
    ]);
  });

  it('keeps to a given variant on every class, whatever was measured', async () => {
    for (const device of devices) behaveLikeAnAgent(device);
    const { body } = await start({ variant: 'int8-static', where: 'of in (old,new)', stages: '100%' });
    expect(body.targets).toEqual([
      { variant: 'int8-static', choice: 'given', hardwareClasses: [newClass, oldClass].sort(), devices: 3 },
    ]);
    expect(await ends(body.id)).toMatchObject({ state: 'succeeded', variant: 'int8-static' });
    expect(devices.every(({ slots }) => slots.current?.variant === 'int8-static')).toBe(true);
  });
});
