import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CommandView, DeviceConfigPlan, PushedConfigView } from '@hamon/contracts';
import { FakeServer, json, problem } from './support/fake-server.js';
import { hamon, temporaryFolder } from './support/run.js';
import { configurationView, deviceView } from './support/views.js';

const ID = '7f5b3d0e-1111-4222-8333-444455556666';
const CONFIG = { streams: [{ name: 'a', source: { kind: 'ffmpeg', url: 'rtsp://10.0.0.7/a' } }] };

const pushed = (change: Partial<PushedConfigView> = {}): PushedConfigView => ({
  ...{ id: ID, version: 4, where: 'site=osaka', digest: 'a'.repeat(64), config: CONFIG, trialSeconds: 120 },
  ...{ createdAt: '2026-03-01T12:00:00.000Z', createdBy: 'admin:ci', devices: { assigned: 2 }, unable: [] },
  ...change,
});

let server: FakeServer;
let file: string;
beforeAll(async () => {
  server = await FakeServer.start();
  file = join(await temporaryFolder(), 'agent.json');
});
afterAll(() => server.stop());
beforeEach(async () => {
  server.received.splice(0);
  await writeFile(file, JSON.stringify(CONFIG));
});

const configure = (...args: string[]) =>
  hamon(['device', 'configure', '--where', 'site=osaka', ...args, ...server.flags]);
const sent = (): unknown => JSON.parse(server.received[0]?.body.toString() ?? 'null');

describe('device configure', () => {
  it('sends the file, and says to how many devices, and to which not', async () => {
    const unable = [{ device: 'cam-9', why: 'its agent is too old' }];
    server.on('POST /v1/device-configs', (_q, r) => json(r, pushed({ unable }), 201));
    const { code, out, err } = await configure('--file', file, '--trial', '5m', '--if-version', '3');
    expect(sent()).toEqual({ where: 'site=osaka', config: CONFIG, trialSeconds: 300, ifVersion: 3 });
    expect([code, out]).toEqual([0, expect.stringMatching(/^Version 4 goes to 2 devices\.\n/)]);
    expect(err).toContain('Not sent to cam-9: its agent is too old');
  });

  it('takes back what was sent', async () => {
    server.on('POST /v1/device-configs', (_q, r) => json(r, pushed({ config: null }), 201));
    expect((await configure('--withdraw')).code).toBe(0);
    expect(sent()).toMatchObject({ config: null });
  });

  it('refuses a secret in clear by the name of its field, before it leaves this machine', async () => {
    const source = { kind: 'ffmpeg', url: 'rtsp://root:hunter2@10.0.0.7/a' };
    await writeFile(file, JSON.stringify({ streams: [{ name: 'a', source }] }));
    const { code, err } = await configure('--file', file);
    expect(code).toBe(1);
    expect(err).toContain('streams.0.source.url');
    expect(err).not.toContain('hunter2');
    expect(server.received).toEqual([]);
  });

  it.each([
    [['--file', 'FILE', '--withdraw'], 2],
    [[], 2],
    [['--file', '/no/such/file'], 1],
  ])('%s is refused', async (args, code) => {
    const said = await configure(...args.map((one) => (one === 'FILE' ? file : one)));
    expect(said.code).toBe(code);
    expect(server.received).toEqual([]);
  });

  it('shows what would change on which device', async () => {
    const plan: DeviceConfigPlan = {
      digest: 'a'.repeat(64),
      devices: [
        {
          ...{ device: 'cam-1', version: 3 },
          changes: [
            { field: 'streams.a.source', before: { kind: 'http' }, after: { kind: 'ffmpeg' } },
            { field: 'streams.b', before: { name: 'b' }, after: null },
            { field: 'logLevel', before: null, after: 'debug' },
          ],
        },
        { device: 'cam-2', version: null, changes: [] },
      ],
      unable: [{ device: 'cam-9', why: 'too old' }],
    };
    server.on('POST /v1/device-configs/plan', (_q, r) => json(r, plan));
    const { out } = await configure('--file', file, '--dry-run');
    expect(out.split('\n')).toEqual([
      'cam-1 (against version 3)',
      '  ~ streams.a.source {"kind":"http"} → {"kind":"ffmpeg"}',
      '  - streams.b {"name":"b"}',
      '  + logLevel "debug"',
      'cam-2 (nothing was sent to it before)',
      '  nothing changes',
      'Not sent to cam-9: too old',
      '',
    ]);
    expect(server.received.map(({ path }) => path)).toEqual(['/v1/device-configs/plan']);
  });

  it.each([
    ['applied', { applied: 2 }, 0],
    ['reverted', { applied: 1, reverted: 1 }, 1],
  ] as const)(
    'waits, and ends with an exit code that says whether all took it: %s',
    async (_what, devices, code) => {
      server.on('POST /v1/device-configs', (_q, r) => json(r, pushed(), 201));
      server.on(`GET /v1/device-configs/${ID}`, (_q, r, attempt) =>
        json(r, pushed({ devices: attempt === 1 ? { assigned: 1, trial: 1 } : devices })),
      );
      const reason = { code: 'stream-not-up', detail: 'a: no route to host' };
      const row = { device: 'cam-2', sequence: 7, state: 'reverted', reason };
      const times = { assignedAt: '2026-03-01T12:00:00.000Z', reportedAt: '2026-03-01T12:01:00.000Z' };
      const items = code === 0 ? [] : [{ ...row, ...times }];
      server.on(`GET /v1/device-configs/${ID}/devices`, (_q, r) => json(r, { items, next: null }));
      const said = await configure('--file', file, '--wait');
      expect(said.code).toBe(code);
      if (code === 1) expect(said.out).toMatch(/cam-2 +reverted +stream-not-up: a: no route to host/);
    },
  );

  it('says what the server refuses', async () => {
    server.on('POST /v1/device-configs', (_q, r) =>
      problem(r, 409, 'device-config-changed', 'Device "cam-1" was sent version 5 last, not 3'),
    );
    const { code, err } = await configure('--file', file, '--if-version', '3');
    expect([code, err]).toEqual([1, expect.stringContaining('was sent version 5 last')]);
  });
});

describe('device show', () => {
  it('says which configuration a device has, what it keeps of its own, and what waits', async () => {
    const at = new Date().toISOString();
    const desired = {
      ...{ id: ID, version: 4, digest: 'a'.repeat(64), config: CONFIG, trialSeconds: 120, sequence: 7 },
      ...{ state: 'reverted' as const, assignedAt: at, reportedAt: at },
      reason: { code: 'stream-not-up' as const, detail: 'a: no route to host' },
    };
    const reported = {
      ...{ sequence: 7, state: 'reverted' as const, reason: desired.reason, at },
      ...{ ignored: ['streams.b'], needsRestart: ['logLevel'] },
    };
    server.on('GET /v1/devices/cam-1', (_q, r) => json(r, deviceView()));
    for (const list of ['benchmarks', 'events', 'windows'])
      server.on(`GET /v1/devices/cam-1/${list}`, (_q, r) => json(r, { items: [], next: null }));
    server.on('GET /v1/devices/cam-1/configuration', (_q, r) =>
      json(r, configurationView({ desired, reported })),
    );
    const { out } = await hamon(['device', 'show', 'cam-1', ...server.flags]);
    expect(out).toMatch(/configuration +version 4 reverted/);
    expect(out).toContain('stream-not-up: a: no route to host');
    expect(out).toMatch(/keeps its own +streams\.b/);
    expect(out).toMatch(/after a restart +logLevel/);
  });
});

describe('what is asked of a device at once', () => {
  const command = (change: Partial<CommandView>): CommandView => ({
    ...{
      id: ID,
      device: 'cam-1',
      kind: 'restart',
      state: 'requested',
      endedAt: null,
      reason: null,
      lines: null,
    },
    ...{ requestedAt: '2026-03-01T12:00:00.000Z', expiresAt: '2026-03-01T12:10:00.000Z' },
    ...change,
  });
  const endedAt = '2026-03-01T12:00:05.000Z';
  const answers = (change: Partial<CommandView>): void => {
    server.on('POST /v1/devices/cam-1/commands', (_q, r) => json(r, command(change), 201));
    server.on(`GET /v1/commands/${ID}`, (_q, r) => json(r, command({ ...change, endedAt })));
  };

  it('a restart is waited for where that is asked for', async () => {
    answers({ state: 'succeeded' });
    expect(await hamon(['device', 'restart', 'cam-1', ...server.flags])).toMatchObject({
      ...{ code: 0, out: 'cam-1 is asked to restart.\n' },
    });
    expect(await hamon(['device', 'restart', 'cam-1', '--wait', ...server.flags])).toMatchObject({
      ...{ code: 0, out: 'cam-1 is back.\n' },
    });
    expect(JSON.parse(server.received[0]!.body.toString())).toEqual({ kind: 'restart' });
  });

  it.each([
    ['expired', null, /has not answered in time/],
    [
      'refused',
      { code: 'command-replayed' as const, detail: 'issued before' },
      /refused: command-replayed: issued before/,
    ],
  ] as const)('one that is %s is a failure', async (state, reason, text) => {
    answers({ state, reason });
    const { code, out } = await hamon(['device', 'restart', 'cam-1', '--wait', ...server.flags]);
    expect([code, out]).toEqual([1, expect.stringMatching(text)]);
  });

  it('the agent’s log is shown line by line, each safe for a terminal', async () => {
    answers({ kind: 'logs', state: 'succeeded', lines: ['{"msg":"ready"}', '{"msg":"\u001b[2J"}'] });
    const { out } = await hamon(['device', 'logs', 'cam-1', '--agent', '--lines', '2', ...server.flags]);
    expect(out).toBe('{"msg":"ready"}\n{"msg":"\\u001b[2J"}\n');
    expect(JSON.parse(server.received[0]!.body.toString())).toEqual({ kind: 'logs', lines: 2 });
    const events = await hamon(['device', 'logs', 'cam-1', '--lines', '2', ...server.flags]);
    expect(events.code).toBe(2);
  });
});
