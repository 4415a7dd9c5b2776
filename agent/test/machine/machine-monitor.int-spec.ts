import { describe, expect, it, onTestFinished } from 'vitest';
import { Resources } from '@hamon/contracts';
import type { ConditionCode, Trouble } from '../../src/conditions.js';
import { MachineMonitor } from '../../src/machine/machine-monitor.js';
import { putIn, sysWith } from './support.js';

const HOT = {
  'class/thermal/thermal_zone0/type': 'cpu-thermal',
  'class/thermal/thermal_zone0/temp': '91000',
};
const WARM = { ...HOT, 'class/thermal/thermal_zone0/temp': '60500' };
const PI = 'devices/platform/soc/soc:firmware/get_throttled';
const RAPL = 'class/powercap/intel-rapl:0';
const rapl = (joules: number): Record<string, string> => ({
  [`${RAPL}/name`]: 'package-0',
  [`${RAPL}/max_energy_range_uj`]: '262143328850',
  [`${RAPL}/energy_uj`]: String(joules * 1e6),
});

/** A machine whose clock and processor time the test winds on. */
async function machineOn(sys: string, resources: object = {}) {
  const told = new Map<ConditionCode, Trouble | null>();
  const clock = { ms: 0, cpuSeconds: 0 };
  const monitor = await MachineMonitor.open({
    ...{ sys, resources: Resources.parse(resources) },
    tellCondition: (code, trouble) => void told.set(code, trouble),
    tree: {
      find: () => undefined,
      get cpuSeconds() {
        return clock.cpuSeconds;
      },
    },
    now: () => clock.ms,
  });
  onTestFinished(() => monitor.stop());
  const pass = async (seconds: number, cpuSeconds = 0): Promise<void> => {
    clock.ms += seconds * 1000;
    clock.cpuSeconds += cpuSeconds;
    await monitor.look();
  };
  return { monitor, told, pass };
}

describe('MachineMonitor', () => {
  it('tells heat and throttling as conditions, and when they are over', async () => {
    const sys = await sysWith({ ...HOT, [PI]: '8' });
    const { told, pass } = await machineOn(sys);
    expect(told.get('too-hot')).toEqual({ detail: 'the processor has 91 °C, the limit is 85 °C' });
    expect(told.get('throttled')?.detail).toContain('(soft temperature limit)');
    await putIn(sys, { ...WARM, [PI]: '80000' });
    await pass(61);
    expect([told.get('too-hot'), told.get('throttled')]).toEqual([null, null]);
  });

  it('has the limit that the configuration says', async () => {
    const { told } = await machineOn(await sysWith(WARM), { heat: { limitCelsius: 60 } });
    expect(told.get('too-hot')).not.toBeNull();
  });

  it('sums up a stretch of time: processor time, the highest temperature, the share throttled, energy', async () => {
    const sys = await sysWith({ ...WARM, [PI]: '0', ...rapl(100) });
    const { monitor, pass } = await machineOn(sys);
    await pass(2, 1);
    const use = monitor.use();
    await putIn(sys, { ...HOT, [PI]: '4', ...rapl(130) });
    await pass(6, 3);
    await putIn(sys, { ...WARM, [PI]: '0', ...rapl(140) });
    monitor.worked(300);
    monitor.worked(100);
    await pass(2, 1);
    const machineOf = await use.end();
    // This stream's models worked for 300 of the 400 ms.
    expect(machineOf(300, 10)).toEqual({
      cpuSeconds: 4,
      temperatureMax: 91,
      throttledShare: 0.75,
      energy: { joules: 40, source: 'rapl', estimated: false, joulesPerInference: 3 },
    });
    expect(machineOf(0, 0).energy).not.toHaveProperty('joulesPerInference');
  });

  it('leaves no gap between two stretches, and nothing counts twice', async () => {
    const { monitor, pass } = await machineOn(await sysWith(rapl(0)));
    const first = monitor.use();
    await pass(1, 0.5);
    const ended = first.end();
    const second = monitor.use();
    const one = (await ended)(0, 0);
    await pass(1, 0.25);
    const two = (await second.end())(0, 0);
    expect(one.cpuSeconds + two.cpuSeconds).toBe(0.75);
  });

  it('estimates by the watts of the configuration where there is no sensor', async () => {
    const { monitor, pass } = await machineOn(await sysWith({}), { energy: { wattsPerCore: 4 } });
    const use = monitor.use();
    await pass(10, 2.5);
    const machine = (await use.end())(10, 1);
    expect(machine).toMatchObject({ energy: { joules: 10, source: 'cpu-time', estimated: true } });
    expect(machine).not.toHaveProperty('temperatureMax');
    expect(machine).not.toHaveProperty('throttledShare');
  });

  it('goes on with another configuration', async () => {
    const { monitor, pass } = await machineOn(await sysWith({}), { energy: { wattsPerCore: 4 } });
    await pass(1, 1);
    let changes = 0;
    monitor.reconfigured.on(() => (changes += 1));
    await monitor.apply(Resources.parse({ energy: { wattsPerCore: 4 } }));
    expect(changes).toBe(0);
    await monitor.apply(Resources.parse({ energy: { wattsPerCore: 10 } }));
    const use = monitor.use();
    await pass(1, 1);
    await pass(1, 1);
    expect((await use.end())(0, 0).energy?.joules).toBe(20);
    expect(changes).toBe(1);
  });
});

describe('frame turns', () => {
  const signal = new AbortController().signal;

  it('let everything in without a budget', async () => {
    const { monitor } = await machineOn(await sysWith({}));
    await expect(monitor.frameTurns.turn(signal)).resolves.toBe(false);
  });

  it('make a stream wait once the budget is used up, until it is changed or the stream leaves', async () => {
    const { monitor, pass } = await machineOn(await sysWith({}), { cpu: { budget: 0.1 } });
    await expect(monitor.frameTurns.turn(signal)).resolves.toBe(false);
    await pass(1, 5);
    const leaving = new AbortController();
    const leaves = monitor.frameTurns.turn(leaving.signal);
    const waits = monitor.frameTurns.turn(signal);
    leaving.abort();
    await leaves;
    // It is first in the queue now.
    await new Promise(setImmediate);
    await monitor.apply(Resources.parse({}));
    await expect(waits).resolves.toBe(true);
  });
});
