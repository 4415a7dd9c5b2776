import type { HeatReading } from '../../core/heat.js';
import { readHeat } from '../../machine/read-heat.js';
import type { Check } from '../check.js';
import { ok, skip, warn, type Finding } from '../finding.js';

export const temperature: Check = {
  name: 'temperature',
  run: async ({ config }) => judgeHeat(await readHeat('/sys'), config.resources.heat.limitCelsius),
};

/** As the agent judges it (`too-hot`, `throttled`), at this moment. */
export function judgeHeat(
  { temperature: celsius, slowedBy = [] }: Pick<HeatReading, 'temperature' | 'slowedBy'>,
  limitCelsius: number,
): Finding {
  const says = celsius === undefined ? 'no sensor' : `${celsius.toFixed(0)} °C at the processor`;
  if (slowedBy.length > 0) {
    return warn(`${says}: it is slowed down (${slowedBy.join(', ')}); look at fan, dust and supply`, SHOW);
  }
  if (celsius === undefined) return skip('this machine shows none');
  if (celsius < limitCelsius) return ok(says);
  return warn(`${says}, and ${limitCelsius} is the limit: look at fan, dust and the cabinet`, SHOW);
}

const SHOW = 'grep . /sys/class/thermal/*/temp';
