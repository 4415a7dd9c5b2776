import { FALLBACK_REASONS } from '@hamon/contracts';
import { sketchQuantile } from '@hamon/stats';
import type { Registry } from 'prom-client';
import type { MeasuredModel } from './measured-model.js';
import { counter, gauge, type Values } from './register.js';

const BREAKER = { closed: 0, 'half-open': 1, open: 2 } as const;

/** The versions of each model, and its way to the cloud. */
export function modelMetrics(registry: Registry, models: () => readonly MeasuredModel[]): void {
  gauge(registry, {
    name: 'hamon_model_info',
    help: 'The version that answers; the value is always 1',
    labels: ['model', 'version', 'variant'],
    read: () =>
      models().flatMap(({ router }) => {
        const running = router.active?.version;
        if (!running) return [];
        const { model, version, variant } = running;
        return [[{ model, version, variant }, 1] as const];
      }),
  });
  const perModel = (name: string, help: string, read: (of: MeasuredModel) => number | undefined): void =>
    gauge(registry, {
      ...{ name, help, labels: ['model'] },
      read: () =>
        models().flatMap((of): Values => {
          const value = read(of);
          return value === undefined ? [] : [[{ model: of.model }, value]];
        }),
    });
  perModel(
    'hamon_active_frames',
    'Frames that the answering version was asked for',
    ({ router }) => router.activeTally().frames,
  );
  perModel(
    'hamon_active_errors',
    'Of these, frames without an edge answer',
    ({ router }) => router.activeTally().errors,
  );
  perModel(
    'hamon_shadow_frames',
    'Frames that the shadow ran on',
    ({ router }) => router.shadowTally()?.frames,
  );
  perModel(
    'hamon_shadow_errors',
    'Of these, without an answer',
    ({ router }) => router.shadowTally()?.errors,
  );
  perModel('hamon_shadow_p95_ms', 'The 95th percentile of the shadow latency', ({ router }) => {
    const tally = router.shadowTally();
    return tally ? sketchQuantile(tally.latencyMs, 0.95) : undefined;
  });
  cloudMetrics(registry, models, perModel);
}

function cloudMetrics(
  registry: Registry,
  models: () => readonly MeasuredModel[],
  perModel: (name: string, help: string, read: (of: MeasuredModel) => number | undefined) => void,
): void {
  counter(registry, {
    name: 'hamon_cloud_requests_total',
    help: 'Requests to the cloud model',
    labels: ['model', 'reason'],
    read: () =>
      models().flatMap(({ model, fallback }) =>
        fallback
          ? FALLBACK_REASONS.map((reason) => [{ model, reason }, fallback.counts[reason].asked] as const)
          : [],
      ),
  });
  perModel('hamon_cloud_breaker_state', '0 closed, 1 half open, 2 open', ({ fallback }) =>
    fallback ? BREAKER[fallback.breakerState] : undefined,
  );
}
