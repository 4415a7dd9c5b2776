import { FALLBACK_REASONS } from '@hamon/contracts';
import type { Registry } from 'prom-client';
import type { FrameCounters } from '../frame-counters.js';
import type { RouterCounters } from '../router-counters.js';
import type { MeasuredModel } from './measured-model.js';
import { counter, type Values } from './register.js';

type Lane = Readonly<Record<'model' | 'stream', string>>;

/** What became of frames, by model and stream. */
export function frameMetrics(
  registry: Registry,
  models: () => readonly MeasuredModel[],
  unassigned: FrameCounters | undefined,
): void {
  const lanes = (): readonly (readonly [Lane, RouterCounters])[] =>
    models().flatMap(({ model, router }) =>
      router.lanes.map(({ stream, frames }) => [{ model, stream }, frames.read()] as const),
    );
  const of = (count: (frames: RouterCounters) => number) => (): Values =>
    lanes().map(([lane, frames]) => [lane, count(frames)]);
  const perLane = (name: string, help: string, count: (frames: RouterCounters) => number): void =>
    counter(registry, { ...{ name, help, labels: ['model', 'stream'] }, read: of(count) });
  perLane('hamon_frames_accepted_total', 'Frames accepted', ({ accepted }) => accepted);
  perLane('hamon_frames_answered_total', 'Accepted frames that got an answer', ({ answered }) => answered);
  perLane('hamon_frames_failed_total', 'Accepted frames that ended in an error', ({ failed }) => failed);
  perLane('hamon_frames_skipped_total', 'Frames left out by a source', ({ skipped }) => skipped);
  perLane(
    'hamon_frames_paced_total',
    'Of those left out, frames left out to keep to the budget of processor time',
    ({ paced }) => paced,
  );
  perLane('hamon_frames_rejected_total', 'Frames refused at the door', ({ rejected }) => rejected);
  counter(registry, {
    name: 'hamon_frames_unassigned_total',
    help: 'Frames that came while no model was there to answer their stream',
    read: () => [[{}, unassigned?.read().rejected ?? 0]],
  });
  counter(registry, {
    name: 'hamon_input_rejected_total',
    help: 'Of those refused, frames that were no image that decodes, or did not fit the input of the model',
    labels: ['model', 'stream', 'reason'],
    read: () =>
      lanes().flatMap(([lane, frames]) =>
        (['undecodable', 'mismatched'] as const).map(
          (reason) => [{ ...lane, reason }, frames[reason]] as const,
        ),
      ),
  });
  counter(registry, {
    name: 'hamon_fallback_answers_total',
    help: 'Answers that the cloud gave',
    labels: ['model', 'stream', 'reason'],
    read: () =>
      lanes().flatMap(([lane, { fallbacks }]) =>
        FALLBACK_REASONS.map((reason) => [{ ...lane, reason }, fallbacks[reason]] as const),
      ),
  });
  counter(registry, {
    name: 'hamon_telemetry_windows_total',
    help: 'Telemetry windows closed',
    labels: ['model', 'stream'],
    read: () =>
      models().flatMap(({ model, router }) =>
        router.lanes.map(({ stream, telemetry }) => [{ model, stream }, telemetry.windows] as const),
      ),
  });
}
