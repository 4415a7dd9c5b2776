import { describe, expect, it } from 'vitest';
import { openEnergyMeter } from '../../src/machine/energy-meter.js';
import { putIn, sysWith } from './support.js';

const rapl = (zone: string, name: string, microjoules: string): Record<string, string> => ({
  [`class/powercap/${zone}/name`]: name,
  [`class/powercap/${zone}/energy_uj`]: microjoules,
  [`class/powercap/${zone}/max_energy_range_uj`]: '1000000000',
});

describe('openEnergyMeter', () => {
  it("adds packages and their memory, not what is part of them or all of them, and counts over the counter's end", async () => {
    const sys = await sysWith({
      ...rapl('intel-rapl:0', 'package-0', '999000000'),
      ...rapl('intel-rapl:0:0', 'core', '5000000'),
      ...rapl('intel-rapl:0:1', 'dram', '1000000'),
      ...rapl('intel-rapl:1', 'psys', '77'),
      ...rapl('intel-rapl-mmio:0', 'package-0', '999000000'),
    });
    const meter = await openEnergyMeter(sys, 1);
    expect(meter).toMatchObject({ source: 'rapl', isEstimate: false });
    expect(await meter.read(0, 0)).toBe(0);
    await putIn(sys, { ...rapl('intel-rapl:0', 'package-0', '3000000') });
    await putIn(sys, {
      ...rapl('intel-rapl:0:1', 'dram', '1500000'),
      ...rapl('intel-rapl:1', 'psys', '9999999'),
    });
    expect(await meter.read(0, 1000)).toBeCloseTo(4.5, 6);
  });

  it('looks elsewhere where the counters cannot be read', async () => {
    // A folder in the place of the file: as unreadable to root as to anybody.
    const sys = await sysWith({
      'class/powercap/intel-rapl:0/name': 'package-0',
      'class/powercap/intel-rapl:0/energy_uj/inside': '1',
    });
    expect(await openEnergyMeter(sys, 1)).toMatchObject({ source: 'cpu-time', isEstimate: true });
  });

  it("integrates what the board's sensors say, without the battery's and the disk's", async () => {
    const sys = await sysWith({
      'class/hwmon/hwmon0/name': 'BAT0',
      'class/hwmon/hwmon0/power1_input': '9000000',
      'class/hwmon/hwmon1/name': 'ina226',
      'class/hwmon/hwmon1/power1_input': '6000000',
    });
    const meter = await openEnergyMeter(sys, 1);
    expect(meter).toMatchObject({ source: 'hwmon', isEstimate: false });
    expect(await meter.read(0, 0)).toBe(0);
    expect(await meter.read(0, 10_000)).toBeCloseTo(60, 6);
  });

  it('takes the channel that is the whole, and counters before watts', async () => {
    const sys = await sysWith({
      'class/hwmon/hwmon0/name': 'ina3221',
      'class/hwmon/hwmon0/power1_input': '4000000',
      'class/hwmon/hwmon0/power1_label': 'VDD_IN',
      'class/hwmon/hwmon0/power2_input': '1000000',
      'class/hwmon/hwmon0/power2_label': 'VDD_GPU',
      'class/hwmon/hwmon1/name': 'amd_energy',
      'class/hwmon/hwmon1/energy1_input': '100',
      'class/hwmon/hwmon1/power1_input': '50000000',
    });
    const meter = await openEnergyMeter(sys, 1);
    await meter.read(0, 0);
    await putIn(sys, { 'class/hwmon/hwmon1/energy1_input': '3000100' });
    expect(await meter.read(0, 1000)).toBeCloseTo(4 + 3, 6);
  });

  it('says nothing while one of its sensors does not answer', async () => {
    const sys = await sysWith(rapl('intel-rapl:0', 'package-0', '1'));
    const meter = await openEnergyMeter(sys, 1);
    await putIn(sys, { 'class/powercap/intel-rapl:0/energy_uj': 'asleep' });
    expect(await meter.read(0, 0)).toBeUndefined();
  });

  it('estimates by the time that processors were busy, and says so', async () => {
    const meter = await openEnergyMeter(await sysWith({}), 1.5);
    expect(meter).toMatchObject({ source: 'cpu-time', isEstimate: true });
    expect(await meter.read(4, 0)).toBe(6);
  });
});
