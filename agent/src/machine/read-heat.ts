import { join } from 'node:path';
import type { HeatReading } from '../core/heat.js';
import { listNames, present, readNumber, readText } from './sys-files.js';

/** Zones and sensors of processors, by the names that drivers give them; of others only where there are none of these. */
const PROCESSOR = /cpu|soc|pkg|package|core|k10temp|zenpower|bcm2|tsens|^tctl/i;
/** A sensor that is absent or broken says something far away. */
const PLAUSIBLE = { min: -40, max: 150 };

/** The live half of the firmware's word, as `vcgencmd get_throttled` shows it. */
const PI_BITS = ['under-voltage', 'frequency capped', 'throttled', 'soft temperature limit'] as const;
const PI_FILE = 'devices/platform/soc/soc:firmware/get_throttled';

/** Cooling devices that slow a processor down; fans are among the others. */
const SLOWING = /^(thermal-)?(cpufreq|cpuidle|idle)|^processor$|intel_powerclamp/i;

/** How hot the processor is, and whether that slows it down, below `/sys`. */
export async function readHeat(sys: string): Promise<HeatReading> {
  const [temperature, firmware, cooling, throttleCount, clockShare] = await Promise.all([
    temperatureOf(sys),
    slowedByFirmware(sys),
    slowedByCooling(sys),
    throttleCountOf(sys),
    clockShareOf(sys),
  ]);
  const isKnown = firmware !== undefined || cooling !== undefined || throttleCount !== undefined;
  return {
    ...(temperature !== undefined && { temperature }),
    ...(isKnown && { slowedBy: [...(firmware ?? []), ...(cooling ?? [])] }),
    ...(throttleCount !== undefined && { throttleCount }),
    ...(clockShare !== undefined && { clockShare }),
  };
}

interface Sensor {
  readonly name: string;
  readonly celsius: number;
}

async function temperatureOf(sys: string): Promise<number | undefined> {
  const sensors = (await Promise.all([zones(sys), monitors(sys)])).flat();
  const plausible = sensors.filter(({ celsius }) => celsius > PLAUSIBLE.min && celsius < PLAUSIBLE.max);
  const processors = plausible.filter(({ name }) => PROCESSOR.test(name));
  const looked = processors.length > 0 ? processors : plausible;
  return looked.length > 0 ? Math.max(...looked.map(({ celsius }) => celsius)) : undefined;
}

async function zones(sys: string): Promise<readonly Sensor[]> {
  const folder = join(sys, 'class/thermal');
  const names = await listNames(folder, /^thermal_zone\d+$/);
  return sensorsOf(
    names.map((name) => ({ name: join(folder, name, 'type'), value: join(folder, name, 'temp') })),
  );
}

/** AMD's processors have no zone. */
async function monitors(sys: string): Promise<readonly Sensor[]> {
  const folder = join(sys, 'class/hwmon');
  const files = await Promise.all(
    (await listNames(folder, /^hwmon\d+$/)).map(async (monitor) => {
      const inputs = await listNames(join(folder, monitor), /^temp\d+_input$/);
      return inputs.map((input) => ({
        name: join(folder, monitor, 'name'),
        value: join(folder, monitor, input),
      }));
    }),
  );
  return sensorsOf(files.flat());
}

async function sensorsOf(
  files: readonly { readonly name: string; readonly value: string }[],
): Promise<readonly Sensor[]> {
  const sensors = await Promise.all(
    files.map(async ({ name, value }): Promise<Sensor | undefined> => {
      const thousandths = await readNumber(value);
      if (thousandths === undefined) return undefined;
      return { name: (await readText(name)) ?? '', celsius: thousandths / 1000 };
    }),
  );
  return present(sensors);
}

/** The Raspberry Pi's; undefined elsewhere. */
async function slowedByFirmware(sys: string): Promise<readonly string[] | undefined> {
  const text = await readText(join(sys, PI_FILE));
  if (text === undefined || !/^(0x)?[0-9a-f]+$/i.test(text)) return undefined;
  const word = parseInt(text.replace(/^0x/i, ''), 16);
  return PI_BITS.filter((_, bit) => (word >>> bit) % 2 === 1);
}

async function slowedByCooling(sys: string): Promise<readonly string[] | undefined> {
  const folder = join(sys, 'class/thermal');
  const devices = await Promise.all(
    (await listNames(folder, /^cooling_device\d+$/)).map(async (name) => {
      const type = (await readText(join(folder, name, 'type'))) ?? '';
      return { type, state: await readNumber(join(folder, name, 'cur_state')) };
    }),
  );
  const slowing = devices.filter(({ type, state }) => SLOWING.test(type) && state !== undefined);
  if (slowing.length === 0) return undefined;
  return slowing.flatMap(({ type, state = 0 }) => (state > 0 ? [`${type} at step ${state}`] : []));
}

/** Of x86: how often each core and package was slowed down by heat since the start. */
async function throttleCountOf(sys: string): Promise<number | undefined> {
  const counts = await Promise.all(
    (await cores(sys)).flatMap((core) =>
      ['core_throttle_count', 'package_throttle_count'].map((file) =>
        readNumber(join(core, 'thermal_throttle', file)),
      ),
    ),
  );
  const known = present(counts);
  return known.length > 0 ? known.reduce((sum, count) => sum + count, 0) : undefined;
}

/** Of its highest clock, over all cores. An idle core is slow by choice: no verdict follows from it. */
async function clockShareOf(sys: string): Promise<number | undefined> {
  const shares = await Promise.all(
    (await cores(sys)).map(async (core) => {
      const now = await readNumber(join(core, 'cpufreq/scaling_cur_freq'));
      const most = await readNumber(join(core, 'cpufreq/cpuinfo_max_freq'));
      return now === undefined || most === undefined || most <= 0 ? undefined : Math.min(1, now / most);
    }),
  );
  const known = present(shares);
  return known.length > 0 ? known.reduce((sum, share) => sum + share, 0) / known.length : undefined;
}

async function cores(sys: string): Promise<readonly string[]> {
  const folder = join(sys, 'devices/system/cpu');
  return (await listNames(folder, /^cpu\d+$/)).map((name) => join(folder, name));
}
