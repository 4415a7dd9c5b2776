import { join } from 'node:path';
import { EnergyCounter, PowerIntegral } from '../core/energy-counter.js';
import { listNames, present, readNumber, readText } from './sys-files.js';

export interface EnergyMeter {
  readonly source: 'rapl' | 'hwmon' | 'cpu-time';
  /** Neither a counter nor a sensor, but arithmetic. */
  readonly isEstimate: boolean;
  /** Joules since the first reading; undefined where nothing can be read just now. */
  read(cpuSeconds: number, nowMs: number): Promise<number | undefined>;
}

/** The best meter that can be read here: the processor's counters, the board's sensors, or the time that processors were busy. */
export async function openEnergyMeter(sys: string, wattsPerCore: number): Promise<EnergyMeter> {
  return (await openRapl(sys)) ?? (await openHwmon(sys)) ?? estimate(wattsPerCore);
}

/** Where the agent's own work is all that is known. */
export const estimate = (wattsPerCore: number): EnergyMeter => ({
  source: 'cpu-time',
  isEstimate: true,
  read: (cpuSeconds) => Promise.resolve(cpuSeconds * wattsPerCore),
});

type Reader = (nowMs: number) => Promise<number | undefined>;

const metered = (source: 'rapl' | 'hwmon', readers: readonly Reader[]): EnergyMeter | undefined =>
  readers.length === 0
    ? undefined
    : {
        source,
        isEstimate: false,
        read: async (_cpuSeconds, nowMs) => {
          const joules = present(await Promise.all(readers.map((read) => read(nowMs))));
          return joules.length === readers.length ? joules.reduce((sum, one) => sum + one, 0) : undefined;
        },
      };

/**
 * Packages and their memory. A package's cores and graphics are parts of it, and `psys`, where a board has it, the whole.
 * @see https://docs.kernel.org/power/powercap/powercap.html
 */
async function openRapl(sys: string): Promise<EnergyMeter | undefined> {
  const folder = join(sys, 'class/powercap');
  const zones = await listNames(folder, /^intel-rapl:\d+(:\d+)?$/);
  const readers = await Promise.all(
    zones.map(async (zone): Promise<Reader | undefined> => {
      const name = (await readText(join(folder, zone, 'name'))) ?? '';
      const isCounted = /^package/.test(name) || name === 'dram';
      const file = join(folder, zone, 'energy_uj');
      // Mostly root's alone since it was found to betray keys.
      if (!isCounted || (await readNumber(file)) === undefined) return undefined;
      return counterReader(file, await readNumber(join(folder, zone, 'max_energy_range_uj')));
    }),
  );
  return metered('rapl', present(readers));
}

/** Sensors of something else than the board. */
const ELSEWHERE = /^(BAT\d*|AC\w*|ADP\d*|ucsi.*|nvme|amdgpu|nouveau|nvidia|i915|xe|.*battery.*)$/i;
/** A channel that has all the others in it. */
const WHOLE = /total|vdd_in|vin|5v_in|psys|socket|package|input/i;

async function openHwmon(sys: string): Promise<EnergyMeter | undefined> {
  const folder = join(sys, 'class/hwmon');
  const readers = await Promise.all(
    (await listNames(folder, /^hwmon\d+$/)).map(async (monitor) => {
      const path = join(folder, monitor);
      if (ELSEWHERE.test((await readText(join(path, 'name'))) ?? '')) return [];
      const counters = await channels(path, /^energy\d+_input$/);
      if (counters.length > 0) return counters.map((file) => counterReader(file, undefined));
      const inputs = await channels(path, /^power\d+_input$/);
      const powers = inputs.length > 0 ? inputs : await channels(path, /^power\d+_average$/);
      return powers.map(powerReader);
    }),
  );
  return metered('hwmon', readers.flat());
}

/** Those that can be read; the one that is the whole, where a label says so. */
async function channels(path: string, pattern: RegExp): Promise<readonly string[]> {
  const files = await Promise.all(
    (await listNames(path, pattern)).map(async (file) => {
      const readable = (await readNumber(join(path, file))) !== undefined;
      const label = (await readText(join(path, file.replace(/_\w+$/, '_label')))) ?? '';
      return readable ? { file: join(path, file), label } : undefined;
    }),
  );
  const known = present(files);
  const whole = known.filter(({ label }) => WHOLE.test(label));
  return (whole.length > 0 ? whole.slice(0, 1) : known).map(({ file }) => file);
}

function counterReader(file: string, range: number | undefined): Reader {
  const counter = new EnergyCounter(range);
  return async () => {
    const microjoules = await readNumber(file);
    return microjoules === undefined ? undefined : counter.read(microjoules);
  };
}

function powerReader(file: string): Reader {
  const integral = new PowerIntegral();
  return async (nowMs) => {
    const microwatts = await readNumber(file);
    return microwatts === undefined ? undefined : integral.read(microwatts / 1e6, nowMs);
  };
}
