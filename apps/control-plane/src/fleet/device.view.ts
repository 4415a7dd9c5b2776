import { hardwareClassOf } from '@hamon/compress';
import type { DeviceView } from '@hamon/contracts';
import { healthOf } from './device-health.js';
import type { DeviceRow } from './device.store.js';

/** @param serverKeyId of the key that signs manifests here */
export function viewOfDevice(row: DeviceRow, serverKeyId: string): DeviceView {
  const first = row.models.find(({ model }) => model === row.first);
  return {
    id: row.id,
    labels: row.labels,
    facts: row.facts,
    hardwareClass: hardwareClassOf(row.facts),
    online: row.online,
    lastSeenAt: row.last_seen_at?.toISOString() ?? null,
    enrolledAt: row.enrolled_at.toISOString(),
    enrolmentToken: row.enrolment_token,
    health: healthOf({
      online: row.online,
      lastSeenAt: row.last_seen_at?.toISOString() ?? null,
      told: row.health,
      pinnedKeyId: row.pinned_key_id,
      serverKeyId,
    }),
    retired: row.retired_at && { at: row.retired_at.toISOString(), why: row.retired_why ?? '' },
    replacedAt: row.replaced_at?.toISOString() ?? null,
    models: [...row.models],
    streams: row.streams,
    samples: row.samples,
    current: first?.current ?? null,
    desired: first?.desired ?? null,
    deployment: first?.deployment ?? null,
    rejection: first?.rejection ?? row.rejection,
    pinnedKeyId: row.pinned_key_id,
    serverKeyId,
  };
}
