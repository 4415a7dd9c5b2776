import { randomUUID } from 'node:crypto';
import { digestOf } from '@hamon/content';
import type { SampleMeta, SampleQuota } from '@hamon/contracts';

export const QUOTA: SampleQuota = { maxMb: 100, maxDays: 30, minFreeMb: 0 };

export function sampleMeta(
  picture: Uint8Array = Buffer.from('picture'),
  more: Partial<SampleMeta> = {},
): SampleMeta {
  return {
    schema: 'hamon.sample/1',
    id: randomUUID(),
    device: 'gate-1',
    stream: 'line',
    at: '2026-11-29T10:00:00.000Z',
    reasons: ['defect'],
    sha256: digestOf(picture),
    bytes: picture.byteLength,
    mediaType: 'image/png',
    size: { width: 10, height: 10 },
    blurred: 0,
    ...more,
  };
}
