import { DEVICE_CONDITIONS, type DeviceCondition } from '@hamon/contracts';
import { Registry } from 'prom-client';
import type { FrameCounters } from '../frame-counters.js';
import type { ResultSink } from '../sinks/result-sink.js';
import type { MachineFigures } from '../../machine/machine-totals.js';
import type { LiveView } from '../live/live-view.js';
import { frameMetrics } from './frame-metrics.js';
import { machineMetrics } from './machine-metrics.js';
import { liveMetrics } from './live-metrics.js';
import type { MeasuredModel } from './measured-model.js';
import { modelMetrics } from './model-metrics.js';
import { counter, gauge } from './register.js';
import { sourceMetrics, type MeasuredStream } from './source-metrics.js';

export interface MetricsOptions {
  readonly models: () => readonly MeasuredModel[];
  /** Frames that no model was there for. */
  readonly unassigned?: FrameCounters;
  readonly sinks?: () => readonly ResultSink[];
  readonly streams?: () => readonly MeasuredStream[];
  /** Defects that a sink was spared, by its kind. */
  readonly held?: () => ReadonlyMap<string, number>;
  readonly live?: Pick<LiveView, 'viewers' | 'pictures'>;
  readonly conditions?: () => readonly DeviceCondition[];
  readonly machine?: () => MachineFigures;
}

/**
 * Everything is read when it is asked for: a frame pays nothing for metrics. Label values are closed sets: the device's
 * models, and the streams of its configuration.
 */
export function createMetrics({
  models,
  unassigned,
  sinks = () => [],
  streams = () => [],
  conditions,
  live,
  held = () => new Map(),
  machine,
}: MetricsOptions): Registry {
  const registry = new Registry();
  frameMetrics(registry, models, unassigned);
  modelMetrics(registry, models);
  sourceMetrics(registry, streams);
  if (machine) machineMetrics(registry, machine);
  gauge(registry, {
    name: 'hamon_supervisor_rss_bytes',
    help: 'Resident memory of the agent itself',
    read: () => [[{}, process.memoryUsage.rss()]],
  });
  counter(registry, {
    name: 'hamon_records_dropped_total',
    help: 'Results that a sink could not keep',
    labels: ['sink'],
    read: () => sinks().map(({ name, dropped }) => [{ sink: name }, dropped]),
  });
  counter(registry, {
    name: 'hamon_records_shortened_total',
    help: 'Results too large for a sink, which were kept without their mask or as an error',
    labels: ['sink'],
    read: () => sinks().map(({ name, shortened = 0 }) => [{ sink: name }, shortened]),
  });
  counter(registry, {
    name: 'hamon_records_held_total',
    help: 'Defects that a sink was not sent, because one had been within its hold time',
    labels: ['sink'],
    read: () => [...held()].map(([sink, records]) => [{ sink }, records]),
  });
  if (live) liveMetrics(registry, live);
  if (conditions) {
    gauge(registry, {
      name: 'hamon_condition',
      help: 'Troubles that last: 1 while one does',
      labels: ['condition'],
      read: () => {
        const standing = new Set(conditions().map(({ code }) => code));
        return DEVICE_CONDITIONS.map((condition) => [{ condition }, standing.has(condition) ? 1 : 0]);
      },
    });
  }
  return registry;
}
