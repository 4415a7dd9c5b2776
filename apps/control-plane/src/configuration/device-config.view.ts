import type {
  ConfigDeviceView,
  ConfigReport,
  DeviceConfigurationView,
  DeviceConfigView,
} from '@hamon/contracts';
import type { AssignmentRow, DeviceWord, SentConfig } from './config-assignment.store.js';
import type { ConfigRow } from './device-config.store.js';

export const viewOfConfig = (row: ConfigRow): DeviceConfigView => ({
  id: row.id,
  version: row.version,
  where: row.selector,
  digest: row.digest,
  config: row.config && { ...row.config },
  trialSeconds: row.trialSeconds,
  createdAt: row.createdAt.toISOString(),
  createdBy: row.createdBy,
  devices: row.devices,
});

export const viewOfAssignment = (row: AssignmentRow): ConfigDeviceView => ({
  device: row.device,
  ...wordsOf(row),
});

export function viewOfConfiguration(
  device: string,
  { isAble, reported }: DeviceWord,
  history: readonly SentConfig[],
): DeviceConfigurationView {
  const newest = history.find(({ state }) => state !== 'superseded');
  return {
    device,
    isAble,
    desired: newest
      ? {
          ...{ ...wordsOf(newest), id: newest.configId, version: newest.version, digest: newest.digest },
          ...{ config: newest.config && { ...newest.config }, trialSeconds: newest.trialSeconds },
        }
      : null,
    reported: reported as ConfigReport | null,
    former: history
      .filter((row) => row !== newest)
      .map((row) => ({ ...wordsOf(row), id: row.configId, version: row.version })),
  };
}

const wordsOf = (row: AssignmentRow): Omit<ConfigDeviceView, 'device'> => ({
  sequence: row.sequence,
  state: row.state,
  reason: row.reason,
  assignedAt: row.assignedAt.toISOString(),
  reportedAt: row.reportedAt?.toISOString() ?? null,
});
