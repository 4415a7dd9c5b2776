import { DeviceView } from '@hamon/contracts';
import type { Api } from './api.js';

/** How many devices report to run which version of which model; `none` where they run none of it. */
export async function finalVersions(
  api: Api,
  models: readonly string[],
): Promise<Record<string, Record<string, number>>> {
  const devices = await api.list('GET /v1/devices', DeviceView);
  return Object.fromEntries(
    models.map((name) => {
      const counts: Record<string, number> = {};
      for (const { models: running } of devices) {
        const version = running.find(({ model }) => model === name)?.current?.version ?? 'none';
        counts[version] = (counts[version] ?? 0) + 1;
      }
      return [name, counts];
    }),
  );
}
