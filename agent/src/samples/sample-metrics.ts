import type { Registry } from 'prom-client';
import type { SampleUploader } from './sample-uploader.js';
import type { Samples } from './samples.js';
import { counter, gauge } from '../data/metrics/register.js';

/** What is kept, lost and sent of pictures. Label values are streams of the configuration and reasons of ours. */
export function sampleMetrics(registry: Registry, samples: Samples, uploader: SampleUploader | null): void {
  counter(registry, {
    name: 'hamon_samples_kept_total',
    help: 'Pictures that were to be kept, by each reason of theirs',
    labels: ['stream', 'reason'],
    read: () =>
      [...samples.kept].map(([key, value]) => {
        const [stream = '', reason = ''] = key.split(' ');
        return [{ stream, reason }, value];
      }),
  });
  counter(registry, {
    name: 'hamon_samples_lost_total',
    help: 'Of these, pictures that could not be kept: busy, noRoom or failed',
    labels: ['why'],
    read: () => Object.entries(samples.lost).map(([why, value]) => [{ why }, value]),
  });
  counter(registry, {
    name: 'hamon_samples_removed_total',
    help: 'Kept pictures that were too old, or made room for others',
    read: () => [[{}, samples.store.removed]],
  });
  gauge(registry, {
    name: 'hamon_samples_bytes',
    help: 'Disk that kept pictures take',
    read: () => [[{}, samples.store.bytes]],
  });
  gauge(registry, {
    name: 'hamon_samples',
    help: 'Pictures kept, and those of them that were neither sent nor refused',
    labels: ['state'],
    read: () => [
      [{ state: 'kept' }, samples.store.count],
      [{ state: 'unsent' }, samples.store.unsent],
    ],
  });
  if (!uploader) return;
  counter(registry, {
    name: 'hamon_samples_sent_total',
    help: 'Pictures that the control plane took, or refused for good',
    labels: ['outcome'],
    read: () => [
      [{ outcome: 'taken' }, uploader.sent.pictures],
      [{ outcome: 'refused' }, uploader.sent.refused],
    ],
  });
  counter(registry, {
    name: 'hamon_samples_sent_bytes_total',
    help: 'Of the pictures that it took',
    read: () => [[{}, uploader.sent.bytes]],
  });
}
