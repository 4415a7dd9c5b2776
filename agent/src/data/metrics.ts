import { DEVICE_CONDITIONS, FALLBACK_REASONS, type DeviceCondition } from '@hamon/contracts';
import { sketchQuantile } from '@hamon/stats';
import { Counter, Gauge, Registry, type CollectFunction } from 'prom-client';
import type { CloudFallback } from './fallback/cloud-fallback.js';
import type { FrameRouter } from './frame-router.js';
import type { ResultSink } from './sinks/result-sink.js';
import type { TelemetryRecorder } from './telemetry/telemetry-recorder.js';

export interface MetricsOptions {
  readonly router: FrameRouter;
  readonly telemetry: TelemetryRecorder;
  readonly fallback?: CloudFallback;
  readonly sinks?: readonly ResultSink[];
  readonly conditions?: () => readonly DeviceCondition[];
}

/** Everything is read when it is asked for: a frame pays nothing for metrics. Label values are closed sets. */
export function createMetrics(options: MetricsOptions): Registry {
  const registers = [new Registry()] as const;
  const [registry] = registers;
  const counter = (name: string, help: string, read: () => number): void => {
    new Counter({ name, help, registers: [registry], collect: absolute(() => [[{}, read()]]) });
  };
  const gauge = (name: string, help: string, read: () => number | undefined): void => {
    new Gauge({
      name,
      help,
      registers: [registry],
      collect(): void {
        this.reset();
        const value = read();
        if (value !== undefined) this.set(value);
      },
    });
  };
  frameMetrics(registry, options, counter);
  modelMetrics(registry, options, gauge);
  counter('hamon_telemetry_windows_total', 'Telemetry windows closed', () => options.telemetry.windows);
  gauge('hamon_supervisor_rss_bytes', 'Resident memory of the agent itself', () => process.memoryUsage.rss());
  if (options.fallback) cloudMetrics(registry, options.fallback);
  if (options.conditions) conditionMetrics(registry, options.conditions);
  new Counter({
    name: 'hamon_records_dropped_total',
    help: 'Results that a sink could not keep',
    labelNames: ['sink'],
    registers: [registry],
    collect: absolute(() => (options.sinks ?? []).map(({ name, dropped }) => [{ sink: name }, dropped])),
  });
  return registry;
}

function conditionMetrics(registry: Registry, conditions: () => readonly DeviceCondition[]): void {
  new Gauge({
    name: 'hamon_condition',
    help: 'Troubles that last: 1 while one does',
    labelNames: ['condition'],
    registers: [registry],
    collect(): void {
      const standing = new Set(conditions().map(({ code }) => code));
      for (const condition of DEVICE_CONDITIONS) this.set({ condition }, standing.has(condition) ? 1 : 0);
    },
  });
}

type Values = readonly (readonly [labels: Record<string, string>, value: number])[];

/** A counter whose total is kept elsewhere. */
function absolute<T extends string>(read: () => Values): CollectFunction<Counter<T>> {
  return function collect(this: Counter<T>): void {
    this.reset();
    for (const [labels, value] of read()) this.inc(labels as Record<T, string>, value);
  };
}

function frameMetrics(
  registry: Registry,
  { router }: MetricsOptions,
  counter: (name: string, help: string, read: () => number) => void,
): void {
  counter('hamon_frames_accepted_total', 'Frames accepted', () => router.counters().accepted);
  counter(
    'hamon_frames_answered_total',
    'Accepted frames that got an answer',
    () => router.counters().answered,
  );
  counter(
    'hamon_frames_failed_total',
    'Accepted frames that ended in an error',
    () => router.counters().failed,
  );
  counter('hamon_frames_skipped_total', 'Frames left out by a source', () => router.counters().skipped);
  counter('hamon_frames_rejected_total', 'Frames refused at the door', () => router.counters().rejected);
  new Counter({
    name: 'hamon_input_rejected_total',
    help: 'Of these, frames that were no image that decodes, or did not fit the input of the model',
    labelNames: ['reason'],
    registers: [registry],
    collect: absolute(() => {
      const { undecodable, mismatched } = router.counters();
      return [
        [{ reason: 'undecodable' }, undecodable],
        [{ reason: 'mismatched' }, mismatched],
      ];
    }),
  });
  new Counter({
    name: 'hamon_fallback_answers_total',
    help: 'Answers that the cloud gave',
    labelNames: ['reason'],
    registers: [registry],
    collect: absolute(() => {
      const { fallbacks } = router.counters();
      return FALLBACK_REASONS.map((reason) => [{ reason }, fallbacks[reason]]);
    }),
  });
}

function modelMetrics(
  registry: Registry,
  { router }: MetricsOptions,
  gauge: (name: string, help: string, read: () => number | undefined) => void,
): void {
  new Gauge({
    name: 'hamon_model_info',
    help: 'The version that answers; the value is always 1',
    labelNames: ['model', 'version', 'variant'],
    registers: [registry],
    collect(): void {
      // Reset, so that a fleet's life of versions does not pile up as label values.
      this.reset();
      const running = router.active?.version;
      if (!running) return;
      const { model, version, variant } = running;
      this.set({ model, version, variant }, 1);
    },
  });
  gauge(
    'hamon_active_frames',
    'Frames that the answering version was asked for',
    () => router.activeTally().frames,
  );
  gauge('hamon_active_errors', 'Of these, frames without an edge answer', () => router.activeTally().errors);
  gauge('hamon_shadow_frames', 'Frames that the shadow ran on', () => router.shadowTally()?.frames);
  gauge('hamon_shadow_errors', 'Of these, without an answer', () => router.shadowTally()?.errors);
  gauge('hamon_shadow_p95_ms', 'The 95th percentile of the shadow latency', () => {
    const tally = router.shadowTally();
    return tally ? sketchQuantile(tally.latencyMs, 0.95) : undefined;
  });
}

const BREAKER = { closed: 0, 'half-open': 1, open: 2 } as const;

function cloudMetrics(registry: Registry, fallback: CloudFallback): void {
  new Counter({
    name: 'hamon_cloud_requests_total',
    help: 'Requests to the cloud model',
    labelNames: ['reason'],
    registers: [registry],
    collect: absolute(() => FALLBACK_REASONS.map((reason) => [{ reason }, fallback.counts[reason].asked])),
  });
  new Gauge({
    name: 'hamon_cloud_breaker_state',
    help: '0 closed, 1 half open, 2 open',
    registers: [registry],
    collect(): void {
      this.set(BREAKER[fallback.breakerState]);
    },
  });
}
