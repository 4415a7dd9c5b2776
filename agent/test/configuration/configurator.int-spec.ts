import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { DeviceConfig, type ConfigOrder } from '@hamon/contracts';
import { temporaryFolder } from '@hamon/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StatePaths } from '../../src/adapters/state-paths.js';
import { Configuration } from '../../src/configuration/configuration.js';
import { Configurator } from '../../src/configuration/configurator.js';
import { accepted } from '../../src/core/configuration/config-steps.js';
import { image, startModel, stopModels } from '../data/support/example-models.js';
import { EDGE_POLICY, testPlane, type TestPlane } from '../data/support/test-plane.js';
import { until } from '../support/until.js';

const log = pino({ level: 'silent' });
let folder: string;
let test: TestPlane;
let configuration: Configuration;
let configurator: Configurator;
beforeEach(async () => {
  folder = await temporaryFolder();
  await writeFile(join(folder, '0.png'), image(0).bytes);
  const own = { allow: { folders: [folder] }, streams: [stream()] };
  test = testPlane({ streams: own.streams });
  configuration = await Configuration.open(DeviceConfig.parse(own), new StatePaths(folder), log);
  configurator = new Configurator(
    {
      ...{ configuration, data: test.plane, machine: { apply: () => Promise.resolve() }, log },
      ...{ tell: () => undefined, onChanged: () => undefined, now: () => new Date() },
    },
    { receive: () => Promise.resolve(), close: () => undefined },
  );
});
afterEach(async () => {
  await configurator.stop();
  await test.plane.stop();
  await stopModels();
});

/** As fast as its model: at any time one of its frames is under way. */
const stream = (more: object = {}) => ({
  ...{ name: 'a', model: 'spots' },
  ...{ source: { kind: 'directory', path: folder, framesPerSecond: 1000 }, ...more },
});

/** Kept, as whoever receives it does before it is told on. */
async function keep(sequence: number, config: object, trialSeconds: number): Promise<void> {
  const issuedAt = new Date().toISOString();
  const order: ConfigOrder = {
    ...{ schema: 'hamon.device-config/1', fleet: 'f', device: 'd', sequence, issuedAt, trialSeconds },
    config: config as Record<string, unknown>,
  };
  const digest = String(sequence).repeat(64);
  await configuration.keeper.update((record) => accepted(record, order, digest, new Date()));
}

const ended = (sequence: number): Promise<void> => {
  const told = () => configuration.record.told;
  const isEnded = (): boolean => told()?.sequence === sequence && told()?.state !== 'trial';
  return until(`trial ${sequence} has ended`, isEnded);
};

describe('a trial', () => {
  it('counts no answer to frames from before the change', async () => {
    const { plane } = test;
    plane.router('spots').setActive(await startModel('2.0.0', { name: 'spots' }), EDGE_POLICY);
    let answers = 0;
    plane.listen(({ record }) => void (answers += record.result ? 1 : 0));
    plane.start();
    await until('it answers', () => answers > 5);
    const region = { x: 5000, y: 5000, width: 8, height: 8 };
    await keep(1, { streams: [stream({ region })] }, 1);
    configurator.accepted();
    await ended(1);
    const { told } = configuration.record;
    expect(told).toMatchObject({ state: 'reverted', reason: { code: 'stream-not-up' } });
    const before = answers;
    await until('it answers again', () => answers > before);
  });

  /** Nothing comes of it, and nobody waits so long. */
  const hopeless = () => ({
    streams: [stream({ source: { kind: 'directory', path: join(folder, 'never') } })],
  });

  it('that is only being begun ends with the agent, and does not count', async () => {
    test.plane.start();
    await keep(1, hopeless(), 600);
    configurator.accepted();
    // It has its turn, and writes that it is begun.
    await Promise.resolve();
    await configurator.stop();
    const { current, told } = configuration.record;
    expect([current?.sequence, current?.attempts, told?.state]).toEqual([1, 0, 'trial']);
  });

  it('that is only being begun makes way for a newer one', async () => {
    test.plane.start();
    await keep(1, hopeless(), 600);
    const newer = keep(2, { streams: [{ name: 'b' }] }, 600).then(() => configurator.accepted());
    configurator.accepted();
    await newer;
    await ended(2);
    expect(configuration.record.told).toMatchObject({ sequence: 2, state: 'applied' });
    expect(test.plane.streams.map(({ name }) => name)).toEqual(['b']);
  });
});
