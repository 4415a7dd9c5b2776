import { hardwareClassOf } from '@hamon/compress';
import type { DeviceView } from '@hamon/contracts';
import type { DeviceRow } from './device.store.js';

export const viewOfDevice = (row: DeviceRow): DeviceView => ({
  id: row.id,
  labels: row.labels,
  facts: row.facts,
  hardwareClass: hardwareClassOf(row.facts),
  online: row.online,
  lastSeenAt: row.last_seen_at?.toISOString() ?? null,
  enrolledAt: row.enrolled_at.toISOString(),
  current: row.current,
  desired: row.desired,
  deployment: row.deployment,
  rejection: row.rejection,
});
