import { parseSelector } from '@hamon/contracts';

/**
 * A selector by which a rollout reaches these devices: by their ids where they are few enough to be written down, else the
 * one by which they were found, which selects the others again too.
 *
 * @param count of how many they are the first
 */
export function bringIn(devices: readonly string[], count: number, where: string): string {
  const byId = `id in (${devices.join(',')})`;
  return devices.length > 0 && devices.length === count && parseSelector(byId).ok ? byId : where;
}
