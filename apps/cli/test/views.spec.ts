import { describe, expect, it } from 'vitest';
import type { RolloutView, TelemetryWindow } from '@hamon/contracts';
import pc from 'picocolors';
import { deviceText, devicesText } from '../src/views/device-view.js';
import { machineText } from '../src/views/machine-text.js';
import { rolloutDetails } from '../src/views/rollout-details.js';
import { rolloutText } from '../src/views/rollout-view.js';
import { ago, bytes, duration } from '../src/views/words.js';
import { deviceView, ROLLOUT, rolloutView } from './support/views.js';

const plain = pc.createColors(false);

describe('words', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [363_710, '363.7 kB'],
    [999_960, '1.0 MB'],
    [2_500_000_000, '2.5 GB'],
    [5_000_000_000_000, '5000.0 GB'],
  ])('%d bytes are %s', (count, text) => expect(bytes(count)).toBe(text));

  it.each([
    [0.4, '0 s'],
    [119, '119 s'],
    [120, '2 min'],
    [7200, '2 h'],
    [172_800, '2 d'],
    [-5, '0 s'],
  ])('%d seconds are %s', (seconds, text) => expect(duration(seconds)).toBe(text));

  it('count from now', () => {
    expect(ago('2026-03-01T12:00:00.000Z', Date.parse('2026-03-01T12:00:12.000Z'))).toBe('12 s ago');
    expect(ago(null)).toBe('-');
  });
});

describe('a rollout', () => {
  it('shows how far each stage is', () => {
    const text = rolloutText(plain, rolloutView({ endedAt: '2026-03-01T12:00:20.000Z' }));
    expect(text).toContain('devices   3 devices where site=osaka');
    expect(text).toContain('1/3 reached: 1 active, 2 pending');
    expect(text).toMatch(/› stage 1 {2}1 device {4}watching {3}█{24} 1\/1 updated, 20 s \(watch 60 s\)/);
    expect(text).toMatch(/· stage 2 {2}3 devices {3}pending$/);
  });

  it('keeps its columns apart, however many devices a stage has', () => {
    const view = rolloutView();
    const stages = [1, 2001, 100_000].map((devices) => ({ ...view.stages[1]!, devices }));
    const text = rolloutText(plain, rolloutView({ stages, devices: 100_000 }));
    expect(text).toMatch(/2001 devices {2,}pending/);
    expect(text).toMatch(/100000 devices {2}pending/);
  });

  it('says which labels differ from what devices ran, and who let it go on all the same', () => {
    const labelChanges = [
      {
        ...{ version: '1.0.0', devices: 3 },
        added: { count: 7, first: ['glare', 'dust', 'rust', 'hair', 'ink', 'oil', 'wax'] },
        gone: { count: 1, first: ['dent\u001b[2J'] },
        moved: { count: 1, first: [{ label: 'crack', from: 1, to: 2 }] },
      },
    ];
    const text = rolloutText(plain, rolloutView({ labelChanges }));
    expect(text).toContain(
      'labels    differ from 1.0.0 on 3 devices (new: glare, dust, rust, hair, ink, 2 more; gone: dent\\u001b[2J; changed place: crack (1 → 2)); answers are not compared there',
    );
    expect(rolloutText(plain, rolloutView({ labelChanges, labelsApprovedBy: 'aki' }))).toContain(
      'answers are not compared there, as aki approved',
    );
    expect(rolloutText(plain, rolloutView())).not.toContain('labels');
  });

  it('does not seem to be watched where it stands still or has ended', () => {
    const shown = (state: RolloutView['state']): string => rolloutText(plain, rolloutView({ state }));
    expect(shown('awaiting-approval')).toMatch(/1\/1 updated, .* \(waits for a person\)/);
    expect(shown('paused')).toContain('(stands still)');
    expect(shown('aborted')).toContain('(ended)');
  });

  it('counts one device as one', () => {
    const text = (counts: RolloutView['memberStatuses']): string =>
      rolloutText(plain, rolloutView({ state: 'aborted', memberStatuses: counts }));
    expect(text({ returned: 1 })).toContain('1 runs what it ran before');
    expect(text({ returned: 2 })).toContain('2 run what they ran before');
  });

  it('shows how long the watch still takes, and that it was prolonged', () => {
    const shown = (prolonged: boolean): string => {
      const rollout = rolloutView({ endedAt: '2026-03-01T12:00:20.000Z' });
      const watchEndsAt = '2026-03-01T12:01:00.000Z';
      rollout.stages[0] = { ...rollout.stages[0]!, prolonged, watchEndsAt };
      return rolloutText(plain, rollout);
    };
    expect(shown(false)).toContain('1/1 updated, 20 s (watch 40 s more)');
    expect(shown(true)).toContain('1/1 updated, 20 s (watch prolonged, at most 40 s more)');
  });

  it('that failed shows the deciding check with its figures, and why each device refused', () => {
    const stopped = rolloutView({ state: 'rolled-back', reason: 'kappa 0.10 is below 0.4' });
    stopped.stages[0] = {
      ...stopped.stages[0]!,
      state: 'failed',
      judgement: {
        verdict: 'fail',
        reason: 'kappa 0.10 is below 0.4',
        checks: [
          {
            name: 'latency',
            verdict: 'pass',
            evidence: 'control',
            detail: 'fast enough',
            figures: { p95Ms: 5 },
          },
          {
            name: 'agreement',
            verdict: 'fail',
            evidence: 'paired',
            detail: 'kappa 0.10 on 200 frames',
            figures: { kappa: 0.10444, frames: 200, upper: null },
          },
        ],
      },
    };
    const text = rolloutDetails(plain, stopped, {
      items: [
        {
          device: 'cam-1',
          variant: 'int8-static',
          hardwareClass: 'arm64-4c-4g-ort1.30-asimddp',
          stage: 0,
          state: 'refused',
          online: true,
          previousVersion: '1.0.0',
          waitsFor: null,
          status: 'failed',
          reason: { code: 'golden-mismatch', detail: 'sample 3' },
        },
      ],
      next: null,
      total: 1,
    });
    expect(text).toContain(`rollout   ${ROLLOUT}`);
    expect(text).toMatch(/✗ stage 1 {2}1 device {4}failed\n {6}fail: kappa 0\.10 is below 0\.4/);
    expect(text).toContain('agreement: kappa=0.104 frames=200 upper=-');
    expect(text).not.toContain('p95Ms');
    expect(text).toMatch(
      /cam-1 {3}1 {6}int8-static {2}refused {2}yes {5}1\.0\.0 {3}golden-mismatch: sample 3/,
    );
  });
});

describe('a device with several models', () => {
  const version = (model: string, name: string) => ({
    ...{ model, version: name, variant: 'fp32', bundle: name.padEnd(64, '0'), sequence: 1 },
  });
  const nothing = { previous: null, candidate: null, deployment: null, rejection: null };
  const [tiles, surface] = [version('tiles', '1'), version('surface', '2')];
  const device = deviceView({
    models: [
      {
        ...nothing,
        model: 'surface',
        current: null,
        desired: surface,
        deployment: {
          ...{ version: surface, state: 'refused', chunks: { have: 0, total: 0 } },
          reason: { code: 'golden-mismatch', detail: 'golden/0.png' },
        },
      },
      { ...nothing, model: 'tiles', current: tiles, desired: tiles },
    ],
    ...{ current: tiles, desired: tiles },
  });

  it('is one line of a list, with what differs from what it shall run', () => {
    const [, line] = devicesText(plain, [device]).split('\n');
    expect(line).toMatch(/tiles@1 fp32 {2,}surface@2 fp32 {2,}surface refused golden-mismatch/);
  });

  it('is shown with the pictures that it keeps, where it says so', () => {
    expect(deviceText(plain, device)).not.toContain('pictures');
    const samples = { kept: 1412, bytes: 38_123_456, unsent: 17 };
    expect(deviceText(plain, { ...device, samples })).toMatch(
      /^pictures +1,412 kept \(38\.1 MB\), 17 of them not sent$/m,
    );
  });

  it('is shown with a line for each of them', () => {
    const lines = deviceText(plain, device).split('\n');
    expect(lines.find((line) => line.startsWith('surface'))).toMatch(
      /- +2 fp32 +refused golden-mismatch +golden\/0.png/,
    );
    expect(lines.find((line) => line.startsWith('tiles'))).toMatch(/1 fp32 +same +- +-/);
    expect(lines.some((line) => line.startsWith('runs'))).toBe(false);
  });
});

describe('a machine in a window', () => {
  const window = {
    ...{ startedAt: '2026-03-01T12:00:00.000Z', endedAt: '2026-03-01T12:00:10.000Z' },
    machine: { cpuSeconds: 12.5 },
  } as TelemetryWindow;

  it('is one line, of what could be read', () => {
    expect(machineText(window)).toMatch(/^1\.25 cores busy \(/);
    const energy = { joules: 42, source: 'cpu-time', estimated: true, joulesPerInference: 0.2134 } as const;
    const machine = { ...window.machine, cpuSeconds: 1, temperatureMax: 71.6, throttledShare: 0.25, energy };
    expect(machineText({ ...window, machine })).toMatch(
      /^up to 72 °C, slowed down 25 % of the time, 0\.10 cores busy, 4\.2 W for it, estimated, 0\.21 J an answer \(/,
    );
  });

  it('is among what is shown of a device, and what its model runs on', () => {
    const current = {
      ...{ model: 'surface', version: '2.0.0', variant: 'fp32', bundle: 'b'.repeat(64), sequence: 1 },
    };
    const view = deviceView({ current });
    const models = view.models.map((model) => ({ ...model, executionProvider: 'webgpu' }));
    const text = deviceText(plain, { ...view, models }, { window });
    expect(text).toMatch(/runs +surface@2\.0\.0 fp32 on webgpu\n/);
    expect(text).toMatch(/machine +1\.25 cores busy/);
  });
});
