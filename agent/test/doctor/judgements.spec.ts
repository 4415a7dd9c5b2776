import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { judgeClock } from '../../src/doctor/checks/clock.js';
import { judgeFfmpeg } from '../../src/doctor/checks/ffmpeg.js';
import { judgeMemory } from '../../src/doctor/checks/memory.js';
import { judgeNode } from '../../src/doctor/checks/node-version.js';
import { judgeCertificate } from '../../src/doctor/checks/server.js';
import { judgeService } from '../../src/doctor/checks/service.js';
import { judgeSpace } from '../../src/doctor/checks/state-folder.js';
import { fail, ok } from '../../src/doctor/finding.js';
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
          },
          ...{ writes: [], reads: [], credentials: [], state, config, insecure },
        });
        expect(readUnit(text)).toEqual({ user: 'hamon', state, config, insecure });
      }),
    );
    expect(readUnit('[Service]\nExecStart=/usr/bin/other\n')).toBeUndefined();
  });
});
