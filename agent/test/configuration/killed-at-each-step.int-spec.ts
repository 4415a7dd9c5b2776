import { pino } from 'pino';
import { temporaryFolder } from '@hamon/testing';
import { expect, it } from 'vitest';
import { DeviceConfig, type ConfigOrder } from '@hamon/contracts';
import { StatePaths } from '../../src/adapters/state-paths.js';
import { Configuration } from '../../src/configuration/configuration.js';
import { acceptConfig } from '../../src/core/configuration/accept-config.js';
import type { ConfigRecord } from '../../src/core/configuration/config-record.js';
import {
  accepted,
  applied,
  attempted,
  MAX_ATTEMPTS,
  rejected,
  reverted,
} from '../../src/core/configuration/config-steps.js';

const NOW = new Date('2026-03-01T12:00:00.000Z');
const OWN = DeviceConfig.parse({});
const digest = (sequence: number): string => String(sequence).repeat(64);
const order = (sequence: number): ConfigOrder => ({
  ...{ schema: 'hamon.device-config/1', fleet: 'f', device: 'd', sequence, issuedAt: NOW.toISOString() },
  ...{ config: { minFreeDiskMb: sequence }, trialSeconds: 10 },
});
const accept = (sequence: number) => (record: ConfigRecord) =>
  accepted(record, order(sequence), digest(sequence), NOW);
const REASON = { code: 'stream-not-up', detail: 'a: no frame has come' } as const;

/** What the first one is good for, and what each further step has written when the power goes. */
const STEPS = [
  { name: 'accepted', write: accept(2), uses: 2, told: 'trial' },
  { name: 'tried', write: attempted, uses: 2, told: 'trial' },
  {
    name: 'up, with settings that wait for a start',
    write: (record: ConfigRecord) => applied(record, 2, false, NOW),
    ...{ uses: 2, told: 'trial' },
  },
  {
    name: 'up as a whole',
    write: (record: ConfigRecord) => applied(record, 2, true, NOW),
    ...{ uses: 2, told: 'applied' },
  },
] as const;

/** The agent as it starts on this folder: whatever the former one knew beside its disk is gone. */
const opened = (folder: string): Promise<Configuration> =>
  Configuration.open(OWN, new StatePaths(folder), pino({ level: 'silent' }));

async function withGood(): Promise<{ folder: string; configuration: Configuration }> {
  const folder = await temporaryFolder();
  const configuration = await opened(folder);
  await configuration.keeper.update(accept(1));
  await configuration.keeper.update((record) => applied(record, 1, true, NOW));
  return { folder, configuration };
}

it.each(STEPS)('killed when it is $name, the agent goes on with it', async ({ name, uses, told }) => {
  const { folder, configuration } = await withGood();
  const isWhole = name === 'up as a whole';
  for (const step of STEPS) {
    if (isWhole && step.name.includes('wait')) continue;
    await configuration.keeper.update(step.write);
    if (step.name === name) break;
  }
  const { config, record } = await opened(folder);
  expect(config.minFreeDiskMb).toBe(uses);
  expect(record.told).toMatchObject({ sequence: 2, state: told });
  expect(record.good?.sequence).toBe(isWhole ? 2 : 1);
});

it.each([
  ['reverted', (record: ConfigRecord) => reverted(accept(2)(record), 2, REASON, NOW)],
  ['rejected', (record: ConfigRecord) => rejected(record, order(2), digest(2), REASON, NOW)],
])('killed when it is %s, the agent has what was good, and never tries it again', async (state, write) => {
  const { folder, configuration } = await withGood();
  await configuration.keeper.update(write);
  const { config, record } = await opened(folder);
  expect(config.minFreeDiskMb).toBe(1);
  expect(record).toMatchObject({ current: null, told: { sequence: 2, state, reason: REASON } });
  expect(acceptConfig({ sequence: 2 }, digest(2), record)).toBe('known');
});

it('killed at each of its starts in a trial, the agent has what was good in the end', async () => {
  const { folder, configuration } = await withGood();
  await configuration.keeper.update((record) => attempted(accept(2)(record)));
  for (let i = 1; i < MAX_ATTEMPTS; i++) expect((await opened(folder)).config.minFreeDiskMb).toBe(2);
  for (let i = 0; i < 2; i++) {
    const { config, record } = await opened(folder);
    expect(config.minFreeDiskMb).toBe(1);
    expect(record.told).toMatchObject({ sequence: 2, state: 'reverted', reason: { code: 'boot-loop' } });
  }
});
