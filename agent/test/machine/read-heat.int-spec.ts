import { describe, expect, it } from 'vitest';
import { readHeat } from '../../src/machine/read-heat.js';
import { sysWith } from './support.js';

const PI = 'devices/platform/soc/soc:firmware/get_throttled';

describe('readHeat', () => {
  it('finds nothing where there is nothing', async () => {
    expect(await readHeat(await sysWith({}))).toEqual({});
    expect(await readHeat('/nowhere')).toEqual({});
  });

  it("takes the processor's hottest sensor, not the disk's, the battery's or a broken one's", async () => {
    const sys = await sysWith({
      'class/thermal/thermal_zone0/type': 'acpitz',
      'class/thermal/thermal_zone0/temp': '99000',
      'class/thermal/thermal_zone1/type': 'x86_pkg_temp',
      'class/thermal/thermal_zone1/temp': '71500',
      'class/thermal/thermal_zone2/type': 'cpu-thermal',
      'class/thermal/thermal_zone2/temp': '-274000',
      'class/thermal/thermal_zone3/type': 'soc-thermal',
      'class/thermal/thermal_zone3/temp': 'asleep',
      'class/hwmon/hwmon0/name': 'nvme',
      'class/hwmon/hwmon0/temp1_input': '93000',
      'class/hwmon/hwmon1/name': 'coretemp',
      'class/hwmon/hwmon1/temp1_input': '72000',
      'class/hwmon/hwmon1/temp2_input': '68000',
    });
    expect(await readHeat(sys)).toEqual({ temperature: 72 });
  });

  it('takes what there is on a board whose sensors have other names', async () => {
    const sys = await sysWith({
      'class/thermal/thermal_zone0/type': 'acpitz',
      'class/thermal/thermal_zone0/temp': '41000',
    });
    expect(await readHeat(sys)).toEqual({ temperature: 41 });
  });

  it.each([
    ['0', []],
    ['0x0', []],
    // What has occurred since the start is past.
    ['50000', []],
    ['50005', ['under-voltage', 'throttled']],
    ['0xe000e', ['frequency capped', 'throttled', 'soft temperature limit']],
  ])('reads a Raspberry Pi whose firmware says %s', async (word, slowedBy) => {
    expect(await readHeat(await sysWith({ [PI]: word }))).toEqual({ slowedBy });
  });

  it('sees cooling devices that slow a processor down, and no fans', async () => {
    const sys = await sysWith({
      'class/thermal/cooling_device0/type': 'thermal-cpufreq-0',
      'class/thermal/cooling_device0/cur_state': '3',
      'class/thermal/cooling_device1/type': 'pwm-fan',
      'class/thermal/cooling_device1/cur_state': '4',
      'class/thermal/cooling_device2/type': 'Processor',
      'class/thermal/cooling_device2/cur_state': '0',
    });
    expect(await readHeat(sys)).toEqual({ slowedBy: ['thermal-cpufreq-0 at step 3'] });
  });

  it('counts throttling of x86 and compares clocks', async () => {
    const core = (i: number, count: string, clock: string): Record<string, string> => ({
      [`devices/system/cpu/cpu${i}/thermal_throttle/core_throttle_count`]: count,
      [`devices/system/cpu/cpu${i}/thermal_throttle/package_throttle_count`]: '1',
      [`devices/system/cpu/cpu${i}/cpufreq/scaling_cur_freq`]: clock,
      [`devices/system/cpu/cpu${i}/cpufreq/cpuinfo_max_freq`]: '4000000',
    });
    const sys = await sysWith({ ...core(0, '12', '2000000'), ...core(1, '30', '4200000') });
    expect(await readHeat(sys)).toEqual({ slowedBy: [], throttleCount: 44, clockShare: 0.75 });
  });
});
