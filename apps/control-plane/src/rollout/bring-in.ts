import { parseSelector } from '@hamon/contracts';

/**
 * A selector by which a rollout reaches these devices: by their ids where they are few enough to write down, else the
 * one that found them, which selects the others again too.
 *
 * @param count how many were found in all; these are the first of them
 */
export function bringIn(devices: readonly string[], count: number, where: string): string {
  const byId = `id in (${devices.join(',')})`;
  return devices.length > 0 && devices.length === count && parseSelector(byId).ok ? byId : where;
}
