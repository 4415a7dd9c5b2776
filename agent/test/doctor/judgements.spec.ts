import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { fileURLToPath } from 'node:url';
import { DeviceConfig } from '@hamon/contracts';
import { configuration as configurationCheck } from '../../src/doctor/checks/configuration.js';
import { judgeClock } from '../../src/doctor/checks/clock.js';
import { judgeFfmpeg } from '../../src/doctor/checks/ffmpeg.js';
import { judgeMemory } from '../../src/doctor/checks/memory.js';
import { judgeNode } from '../../src/doctor/checks/node-version.js';
import { judgeCertificate } from '../../src/doctor/checks/server.js';
import { secrets } from '../../src/doctor/checks/secrets.js';
import { judgeService } from '../../src/doctor/checks/service.js';
import { sources } from '../../src/doctor/checks/sources.js';
import { judgeSpace } from '../../src/doctor/checks/state-folder.js';
import { judgeHeat } from '../../src/doctor/checks/temperature.js';
import { fail, ok, skip, warn } from '../../src/doctor/finding.js';
import { describeReport, reportOf } from '../../src/doctor/report.js';
import { runChecks } from '../../src/doctor/run-checks.js';
import { readUnit } from '../../src/service/read-unit.js';
import { unitFile } from '../../src/service/unit-file.js';
import type { Patient } from '../../src/doctor/check.js';

const DAY_MS = 86_400_000;
const now = new Date('2026-11-29T00:00:00Z');
const certificate = (days: number): string =>
  judgeCertificate('https://h', new Date(now.getTime() + days * DAY_MS), now).severity;
const shown = (fields: Record<string, string>, enrolled = true): string =>
  judgeService(new Map(Object.entries(fields)), { enrolled }).severity;

describe('what a check makes of what it sees', () => {
  it.each([
    ['node 20.18.9', judgeNode('20.18.9').severity, 'fail'],
    ['node 20.19.0', judgeNode('20.19.0').severity, 'ok'],
    ['node 24.1.0', judgeNode('24.1.0').severity, 'ok'],
    ['90 MB of memory', judgeMemory(90, 1000, true).severity, 'fail'],
    ['200 MB of memory, beside an agent', judgeMemory(200, 1000, true).severity, 'ok'],
    ['200 MB of memory, before its start', judgeMemory(200, 1000, false).severity, 'warn'],
    ['less space than updates need at all', judgeSpace('/s', 63, 64).severity, 'fail'],
    ['84 °C', judgeHeat({ temperature: 84 }, 85).severity, 'ok'],
    ['85 °C', judgeHeat({ temperature: 85 }, 85).severity, 'warn'],
    ['a cool board of too little voltage', judgeHeat({ slowedBy: ['under-voltage'] }, 85).severity, 'warn'],
    ['no sensor', judgeHeat({}, 85).severity, 'skip'],
    ['little space', judgeSpace('/s', 300, 64).severity, 'warn'],
    ['a clock that is 4 s behind', judgeClock(4000).severity, 'ok'],
    ['a clock that is an hour ahead', judgeClock(-3_600_000).severity, 'warn'],
    ['a certificate of 13 days', certificate(13), 'warn'],
    ['a certificate of 14 days', certificate(14), 'ok'],
    ['ffmpeg 5.1 of Debian', judgeFfmpeg('ffmpeg version 5.1.6-0+deb12u1 Copyright').severity, 'ok'],
    ['ffmpeg 3', judgeFfmpeg('ffmpeg version n3.4.2 Copyright').severity, 'fail'],
    ['another program', judgeFfmpeg('hello').severity, 'fail'],
    ['an ffmpeg of a day', judgeFfmpeg('ffmpeg version N-113007-g8d24a28d06 Copyright').severity, 'ok'],
    ['a service that runs', shown({ ActiveState: 'active', UnitFileState: 'enabled', NRestarts: '0' }), 'ok'],
    [
      'one that came back',
      shown({ ActiveState: 'active', UnitFileState: 'enabled', NRestarts: '3' }),
      'warn',
    ],
    ['one that is not enabled', shown({ ActiveState: 'active', UnitFileState: 'disabled' }), 'warn'],
    ['one that failed', shown({ ActiveState: 'failed', Result: 'watchdog' }), 'fail'],
    ['one before enrolment', shown({ ActiveState: 'inactive' }, false), 'warn'],
  ])('%s', (_, severity, expected) => expect(severity).toBe(expected));
});

describe('how the sources are', () => {
  const running = { state: 'running', frames: 9, restarts: 0, width: 640, height: 480 } as const;
  const failing = {
    state: 'failing',
    detail: 'the camera refuses the password',
    frames: 0,
    restarts: 3,
  } as const;
  const seen = (config: object, status: object): Promise<unknown> => {
    const patient = { config: DeviceConfig.parse(config), status } as Patient;
    return Promise.resolve(sources.run(patient, new AbortController().signal));
  };

  it('is what the agent that runs says, of each of its streams, those from the centre too', async () => {
    const found = await seen(
      { streams: [{ name: 'of-the-file', source: { kind: 'ffmpeg', device: '/dev/video99' } }] },
      {
        configuration: {},
        streams: [
          { name: 'cam-1', model: 'm', source: running },
          { name: 'cam-2', model: 'm', source: failing },
          { name: 'drops', model: 'm', source: { state: 'running', frames: 0, restarts: 0 } },
        ],
      },
    );
    expect(found).toEqual([
      ok('frames of 640×480 come', 'cam-1'),
      fail('the camera refuses the password', 'journalctl -u hamon-agent -n 50 --no-pager', 'cam-2'),
      ok('is ready; no frame has come yet', 'drops'),
    ]);
  });

  it('is no matter of streams whose frames come by HTTP or from other streams', async () => {
    const rest = { state: 'running', frames: 0, restarts: 0 } as const;
    const found = await seen(
      { streams: [{ name: 'asked' }, { name: 'parts', from: { stream: 'asked' } }] },
      { streams: ['asked', 'parts'].map((name) => ({ name, model: null, source: rest })) },
    );
    expect(found).toEqual(skip('no stream takes frames by itself'));
  });
});

describe('what the centre has sent', () => {
  const seen = (configuration: object): unknown =>
    configurationCheck.run(
      { config: DeviceConfig.parse({}), status: { configuration } } as Patient,
      new AbortController().signal,
    );
  const file = skip('no file is named: frames come by local HTTP only');

  it('is in use, or what speaks against it is told', async () => {
    expect(await seen({ state: 'applied', reason: null, needsRestart: ['limits'] })).toEqual([
      file,
      ok('in use; limits after a restart', 'from the centre'),
    ]);
    const reason = { code: 'stream-not-up', detail: 'cam: no such stream' };
    expect(await seen({ state: 'reverted', reason })).toEqual([
      file,
      warn('gone back from: cam: no such stream', 'hamon-agent status', 'from the centre'),
    ]);
  });
});

describe('a secret that systemd hands over', () => {
  it('is looked for where systemd takes it from', async () => {
    const config = DeviceConfig.parse({ http: { token: { secret: 'page' } } });
    const seen = (file: string): unknown => {
      const service = { user: 'hamon', credentials: [{ name: 'page', file }] };
      const patient = { config, paths: { folder: '/no/such' }, service } as unknown as Patient;
      return secrets.run(patient, new AbortController().signal);
    };
    const here = fileURLToPath(import.meta.url);
    expect(await seen(here)).toEqual([ok(`is in ${here}, and systemd hands it over`, 'page')]);
    expect(await seen('/no/such/page')).toMatchObject([{ severity: 'fail', about: 'page' }]);
  });
});

describe('running checks', () => {
  const patient = {} as Patient;
  const options = { limitMs: 50, again: 'again' };

  it('takes one that hangs, and one that meets a bug, as findings among the others', async () => {
    let aborted = false;
    const found = await runChecks(
      [
        { name: 'well', run: async () => [ok('one'), ok('two', 'b')] },
        {
          name: 'hangs',
          run: (_, signal) => {
            signal.addEventListener('abort', () => (aborted = true));
            return new Promise(() => undefined);
          },
        },
        { name: 'bug', run: () => Promise.reject(new Error('oh')) },
      ],
      patient,
      options,
    );
    expect(found).toEqual([
      { check: 'well', severity: 'ok', says: 'one' },
      { check: 'well', severity: 'ok', says: 'two', about: 'b' },
      { check: 'hangs', ...fail('it has not ended within 0.05 s', 'again') },
      { check: 'bug', ...fail('oh', 'again') },
    ]);
    expect(aborted).toBe(true);
    expect(reportOf(found)).toMatchObject({ ok: false, counts: { ok: 2, fail: 2, warn: 0, skip: 0 } });
  });

  it('shows a line for each, and nothing that a terminal would obey', async () => {
    const text = describeReport(reportOf([{ check: 'config', ...fail('\u001b[2Jx', 'vi a') }]));
    expect(text).toBe('FAIL  config       \\u001b[2Jx\n      →            vi a\n\n1 failed, 0 ok\n');
  });
});

describe('the unit of an installed service', () => {
  it('tells where its state and its configuration are, whatever they are called', () => {
    const path = fc
      .string({ unit: fc.constantFrom('a', ' ', '%', '$', '"', "'", '/', '-'), minLength: 1 })
      .map((text) => `/${text}`);
    const credentials = [{ name: 'cam-1', file: '/etc/100% sure: cam' }];
    fc.assert(
      fc.property(path, fc.option(path, { nil: undefined }), fc.boolean(), (state, config, insecure) => {
        const text = unitFile({
          ...{
            node: '/usr/bin/node',
            program: '/p',
            user: 'hamon',
            groups: [],
            devices: [],
            systemdVersion: 252,
            limitsItself: false,
          },
          ...{ writes: [], reads: [], credentials, state, config, insecure },
        });
        expect(readUnit(text)).toEqual({ user: 'hamon', state, config, insecure, credentials });
      }),
    );
    expect(readUnit('[Service]\nExecStart=/usr/bin/other\n')).toBeUndefined();
  });
});
