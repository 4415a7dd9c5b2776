import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DeviceConfig, PushedConfig, streamsOf, type ConfigOrder } from '@hamon/contracts';
import { acceptConfig } from '../../src/core/configuration/accept-config.js';
import { whatIsMissing } from '../../src/core/configuration/assess-trial.js';
import { ConfigRecord, EMPTY_CONFIG_RECORD } from '../../src/core/configuration/config-record.js';
import * as steps from '../../src/core/configuration/config-steps.js';
import { mergeConfig } from '../../src/core/configuration/merge-config.js';
import { changedStreams, needsRestart } from '../../src/core/configuration/settings-apart.js';

const NOW = new Date('2026-03-01T12:00:00.000Z');

describe('what the centre sends beside the own file', () => {
  const row = fc.record({
    name: fc.constantFrom('a', 'b', 'c', 'main'),
    source: fc.constantFrom('x', 'y').map((path) => ({ kind: 'directory' as const, path: `/${path}` })),
  });
  const rows = fc.uniqueArray(row, { selector: ({ name }) => name, maxLength: 4 });
  const settings = fc.record(
    {
      streams: rows,
      limits: fc.record(
        { outboxMb: fc.integer({ min: 1, max: 3 }), imageMegapixels: fc.integer({ min: 1, max: 3 }) },
        { requiredKeys: [] },
      ),
      logLevel: fc.constantFrom('info', 'debug'),
      minFreeDiskMb: fc.integer({ min: 0, max: 3 }),
    },
    { requiredKeys: [] },
  );
  const pins = fc.subarray([
    'streams.a',
    'streams.b',
    'streams.main',
    'streams',
    'limits',
    'limits.outboxMb',
    'logLevel',
  ]);
  const own = fc
    .tuple(settings, pins)
    .map(([file, local]) =>
      DeviceConfig.parse({ ...file, local, http: { port: 7071 }, allow: { folders: ['/x'] } }),
    );
  const pushed = settings.map((document) => ({ document, config: PushedConfig.parse(document) }));
  const stream = (config: DeviceConfig, name: string) => streamsOf(config).find((one) => one.name === name);

  test('changes nothing that the file keeps, and says what it ignored', () => {
    fc.assert(
      fc.property(own, pushed, (file, sent) => {
        const { config, ignored } = mergeConfig(file, sent);
        const named = Object.keys(sent.document);
        for (const name of ['a', 'b', 'main']) {
          const setting = `streams.${name}`;
          const isSent = sent.config.streams.some((one) => one.name === name);
          if (!file.local.includes(setting) || file.local.includes('streams')) continue;
          const hadIt = file.streams.some((one) => one.name === name);
          if (hadIt) expect(stream(config, name)).toEqual(stream(file, name));
          if (isSent && named.includes('streams')) expect(ignored).toContain(setting);
        }
        if (file.local.includes('streams')) expect(config.streams).toEqual(file.streams);
        if (file.local.includes('limits')) expect(config.limits).toEqual(file.limits);
        if (file.local.includes('limits.outboxMb')) expect(config.limits.outboxMb).toBe(file.limits.outboxMb);
        if (file.local.includes('logLevel')) expect(config.logLevel).toBe(file.logLevel);
      }),
    );
  });

  test('takes the place of what it names, and of nothing else', () => {
    fc.assert(
      fc.property(own, pushed, (written, sent) => {
        const file = { ...written, local: [] };
        const { config, ignored } = mergeConfig(file, sent);
        expect(ignored).toEqual([]);
        expect(config.http).toEqual(file.http);
        expect(config.allow).toEqual(file.allow);
        const { document } = sent;
        expect(config.logLevel).toBe(document.logLevel ?? file.logLevel);
        expect(config.limits.outboxMb).toBe(document.limits?.outboxMb ?? file.limits.outboxMb);
        expect(config.limits.chunkAttempts).toBe(file.limits.chunkAttempts);
        expect(config.streams).toEqual(document.streams ? sent.config.streams : file.streams);
      }),
    );
  });

  test('makes nothing of nothing', () => {
    fc.assert(
      fc.property(own, (file) => {
        const sent = { document: {}, config: PushedConfig.parse({}) };
        expect(mergeConfig(file, sent)).toEqual({ config: file, ignored: [] });
      }),
    );
  });

  test('a stream of the file that the centre no longer names is gone', () => {
    const file = DeviceConfig.parse({
      source: { kind: 'directory', path: '/own' },
      streams: [{ name: 'a' }],
    });
    const document = { streams: [{ name: 'b', source: { kind: 'directory', path: '/new' } }] };
    const { config } = mergeConfig(file, { document, config: PushedConfig.parse(document) });
    expect(streamsOf(config).map(({ name }) => name)).toEqual(['b']);
  });
});

describe('the record of a configuration', () => {
  type Event =
    | {
        readonly kind: 'order';
        readonly sequence: number;
        readonly config: object | null;
        readonly bytes: number;
      }
    | { readonly kind: 'start' | 'attempt' | 'up' | 'up-in-part' | 'down' | 'leave' };
  const event: fc.Arbitrary<Event> = fc.oneof(
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('order' as const),
        sequence: fc.integer({ min: 1, max: 6 }),
        config: fc.option(fc.constant({ logLevel: 'debug' }), { freq: 4 }),
        bytes: fc.integer({ min: 0, max: 1 }),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constantFrom('start' as const, 'attempt', 'up', 'up-in-part', 'down', 'leave'),
      }),
    },
  );
  const order = ({ sequence, config }: { sequence: number; config: object | null }): ConfigOrder => ({
    ...{ schema: 'hamon.device-config/1', fleet: 'f', device: 'd', sequence, issuedAt: NOW.toISOString() },
    config: config as Record<string, unknown> | null,
    trialSeconds: 10,
  });
  const digest = (bytes: number): string => String(bytes).repeat(64);

  function after(record: ConfigRecord, event: Event): ConfigRecord {
    const sequence = record.current?.sequence ?? 0;
    if (event.kind === 'order') {
      const verdict = acceptConfig(event, digest(event.bytes), record);
      return verdict === 'news' ? steps.accepted(record, order(event), digest(event.bytes), NOW) : record;
    }
    if (event.kind === 'start') return steps.started(record, NOW);
    if (event.kind === 'attempt') return steps.attempted(record);
    if (event.kind === 'leave') return steps.unattempted(record);
    if (event.kind === 'down')
      return steps.reverted(record, sequence, { code: 'stream-not-up', detail: 'a' }, NOW);
    return steps.applied(record, sequence, event.kind === 'up', NOW);
  }

  test('whatever happens: sequences only go up, and what failed is never tried again', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), (events) => {
        let record = EMPTY_CONFIG_RECORD;
        const failed = new Set<number>();
        for (const one of events) {
          const before = record;
          // What is kept on disk is what a killed agent reads.
          record = ConfigRecord.parse(JSON.parse(JSON.stringify(after(before, one))));
          expect(record.newest?.sequence ?? 0).toBeGreaterThanOrEqual(before.newest?.sequence ?? 0);
          if (record.current) {
            expect(failed).not.toContain(record.current.sequence);
            expect(record.current.sequence).toBe(record.newest?.sequence);
            expect(record.current.attempts).toBeLessThanOrEqual(60);
          }
          if (record.told?.state === 'reverted') failed.add(record.told.sequence);
          if (record.told) expect(record.told.sequence).toBe(record.newest?.sequence);
          // What is gone back to is only ever what has run as a whole, or nothing.
          if (record.good !== before.good && record.good && !before.good) expect(one.kind).toBe('up');
        }
      }),
    );
  });

  test('an agent that ends again and again in a trial goes back at last, and stays there', () => {
    fc.assert(
      fc.property(fc.boolean(), (hasGood) => {
        let record = EMPTY_CONFIG_RECORD;
        if (hasGood) {
          record = steps.accepted(record, order({ sequence: 1, config: {} }), digest(0), NOW);
          record = steps.applied(record, 1, true, NOW);
        }
        record = steps.attempted(steps.accepted(record, order({ sequence: 2, config: {} }), digest(1), NOW));
        for (let i = 0; i < 10; i++) record = steps.started(record, NOW);
        expect(record.told).toMatchObject({ sequence: 2, state: 'reverted', reason: { code: 'boot-loop' } });
        expect(steps.inUse(record)?.sequence).toBe(hasGood ? 1 : undefined);
      }),
    );
  });

  test('orderly stops in a trial do not count against it', () => {
    let record = steps.accepted(EMPTY_CONFIG_RECORD, order({ sequence: 1, config: {} }), digest(0), NOW);
    for (let i = 0; i < 20; i++) record = steps.unattempted(steps.started(record, NOW));
    expect(record.current).toMatchObject({ state: 'trial', attempts: 0 });
  });

  test('settings that wait for a start are on trial once more when it comes', () => {
    let record = steps.accepted(EMPTY_CONFIG_RECORD, order({ sequence: 1, config: {} }), digest(0), NOW);
    record = steps.applied(steps.attempted(record), 1, false, NOW);
    expect(record).toMatchObject({ good: null, told: { state: 'applied' } });
    record = steps.started(record, NOW);
    expect(record.told?.state).toBe('trial');
    expect(steps.applied(record, 1, true, NOW)).toMatchObject({ good: { sequence: 1 }, current: null });
  });

  test('what is taken back leaves the own file alone', () => {
    let record = steps.accepted(EMPTY_CONFIG_RECORD, order({ sequence: 1, config: {} }), digest(0), NOW);
    record = steps.applied(record, 1, true, NOW);
    record = steps.accepted(record, order({ sequence: 2, config: null }), digest(1), NOW);
    expect(steps.inUse(record)).toBeNull();
    expect(record.told).toMatchObject({ sequence: 2, state: 'applied' });
  });

  test.each([
    [1, 0, 'config-older'],
    [2, 1, 'config-conflict'],
  ])('sequence %s with bytes %s is %s', (sequence, bytes, code) => {
    const record = steps.accepted(EMPTY_CONFIG_RECORD, order({ sequence: 2, config: {} }), digest(0), NOW);
    expect(acceptConfig({ sequence }, digest(bytes), record)).toMatchObject({ code });
  });
});

describe('a stream on trial', () => {
  const camera = { source: { kind: 'ffmpeg', url: 'rtsp://c' } } as never;
  const http = { source: { kind: 'http' } } as never;
  const folder = { source: { kind: 'drop-folder', path: '/in' } } as never;
  const images = { source: { kind: 'directory', path: '/in' } } as never;
  const triggered = { ...(camera as object), trigger: { kind: 'http' } } as never;
  const derived = { source: { kind: 'http' }, from: { stream: 'a' } } as never;
  const running = (frames: number) => ({ state: 'running', frames });
  test.each([
    ['a camera that has answered', camera, running(3), true, true, undefined],
    ['a camera without a model', camera, running(3), false, false, undefined],
    ['a camera of which nothing is answered', camera, running(3), true, false, 'no frame has been answered'],
    ['a camera that shows nothing', camera, running(0), true, false, 'no frame has come'],
    [
      'a camera that fails',
      camera,
      { state: 'failing', frames: 9, detail: 'no route' },
      true,
      true,
      'no route',
    ],
    [
      'a camera that opens',
      camera,
      { state: 'opening', frames: 0 },
      true,
      false,
      'its source is still opening',
    ],
    ['a camera without a model that shows nothing', camera, running(0), false, false, 'no frame has come'],
    ['a folder without a model', images, running(0), false, false, undefined],
    ['a folder that nothing comes of', images, running(0), true, false, 'no frame has come'],
    ['one that is not there', camera, null, true, false, 'it has not begun'],
    ['one that waits for its trigger', triggered, running(2), true, false, undefined],
    ['one that waits for files', folder, running(0), true, false, undefined],
    ['one that waits for requests', http, { state: 'opening', frames: 0 }, true, false, undefined],
    ['one that waits for another', derived, { state: 'opening', frames: 0 }, true, false, undefined],
  ])('%s', (_what, config, source, hasModel, hasAnswered, why) => {
    expect(whatIsMissing(config, { source, hasModel, hasAnswered })).toBe(why);
  });
});

test('streams change while the agent runs, other settings when it starts', () => {
  const before = DeviceConfig.parse({ streams: [{ name: 'a' }, { name: 'b', model: 'm' }] });
  const after = DeviceConfig.parse({
    ...{ streams: [{ name: 'a' }, { name: 'b', model: 'n' }], logLevel: 'debug', limits: { outboxMb: 1 } },
  });
  expect(changedStreams(before, after).map(({ name }) => name)).toEqual(['b']);
  expect(needsRestart(before, after)).toEqual(['limits.outboxMb', 'logLevel']);
});

test('of resources, only what the start of a process decides waits for it', () => {
  const models = (row: object): DeviceConfig => DeviceConfig.parse({ resources: { models: { m: row } } });
  const before = models({ threads: 2, nice: 5 });
  expect(needsRestart(before, models({ threads: 2, nice: 9 }))).toEqual([]);
  expect(needsRestart(before, models({ threads: 3, nice: 5 }))).toEqual(['resources.models']);
  const paced = DeviceConfig.parse({ resources: { cpu: { budget: 1 }, heat: { limitCelsius: 70 } } });
  expect(needsRestart(DeviceConfig.parse({}), paced)).toEqual([]);
});
