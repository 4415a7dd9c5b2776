import type { Registry } from 'prom-client';
import type { MachineFigures } from '../../machine/machine-totals.js';
import { counter, gauge, type Values } from './register.js';

const known = (value: number | undefined): Values => (value === undefined ? [] : [[{}, value]]);

/** What the machine goes through; what cannot be read there is absent. */
export function machineMetrics(registry: Registry, machine: () => MachineFigures): void {
  counter(registry, {
    name: 'hamon_cpu_seconds_total',
    help: 'Processor time of the agent, its models and the programs that it started',
    read: () => [[{}, machine().cpuSeconds]],
  });
  counter(registry, {
    name: 'hamon_energy_joules_total',
    help: 'Energy since the start of the agent, by where the figure comes from; cpu-time is an estimate',
    labels: ['source'],
    read: () => {
      const { source, joules } = machine();
      return source === null ? [] : [[{ source }, joules]];
    },
  });
  counter(registry, {
    name: 'hamon_throttled_seconds_total',
    help: 'Time in which the processor was slowed down by heat or want of power',
    read: () => {
      const { heat, throttledMs } = machine();
      return heat.isThrottled === undefined ? [] : [[{}, throttledMs / 1000]];
    },
  });
  gauge(registry, {
    name: 'hamon_temperature_celsius',
    help: "Of the processor's hottest sensor",
    read: () => known(machine().heat.reading.temperature),
  });
  gauge(registry, {
    name: 'hamon_clock_ratio',
    help: "The cores' clocks by their highest ones; a core with nothing to do is slow by choice",
    read: () => known(machine().heat.reading.clockShare),
  });
}
