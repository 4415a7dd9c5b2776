import type { CommandView } from '@hamon/contracts';
import type { CommandRow } from './device-command.store.js';

export const viewOfCommand = (row: CommandRow): CommandView => ({
  id: row.id,
  device: row.device,
  kind: row.kind,
  state: row.state,
  requestedAt: row.requestedAt.toISOString(),
  expiresAt: row.expiresAt.toISOString(),
  endedAt: row.endedAt?.toISOString() ?? null,
  reason: row.reason,
  lines: row.lines && [...row.lines],
});
