import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Check } from '../check.js';
import { ok, skip, warn, type Finding } from '../finding.js';

const ZONES = '/sys/class/thermal';
/** Processors of gateways throttle between 80 and 85 °C. */
const HOT_CELSIUS = 80;

export const temperature: Check = { name: 'temperature', run: () => look(ZONES) };

/** @param folder as /sys/class/thermal */
export async function look(folder: string): Promise<Finding> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.startsWith('thermal_zone'));
  const zones = await Promise.all(
    names.map(async (name) => ({
      type: (await read(join(folder, name, 'type'))) ?? name,
      // In thousandths; some sensors that are switched off say nonsense.
      celsius: Number((await read(join(folder, name, 'temp'))) ?? Number.NaN) / 1000,
    })),
  );
  const known = zones.filter(({ celsius }) => celsius > -40 && celsius < 150);
  const [hottest] = known.sort((a, b) => b.celsius - a.celsius);
  if (!hottest) return skip('this machine shows none');
  const says = `${hottest.celsius.toFixed(0)} °C at the hottest (${hottest.type})`;
  if (hottest.celsius < HOT_CELSIUS) return ok(says);
  return warn(
    `${says}: the processor slows down; look at fan, dust and the cabinet`,
    `grep . ${ZONES}/*/temp`,
  );
}

const read = (path: string): Promise<string | undefined> =>
  readFile(path, 'utf8').then(
    (text) => text.trim(),
    () => undefined,
  );
