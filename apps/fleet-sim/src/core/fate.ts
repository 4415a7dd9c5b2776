import { seededRandom } from '@hamon/stats';

/** What becomes of a version on one simulated device. */
export type Fate =
  /** It is installed and stays. */
  | 'well'
  /** It does not pass its self-test. */
  | 'refused'
  /** It answers half of its frames with errors. */
  | 'failing';

export interface Fates {
  readonly seed: number;
  /** Shares of the devices, in [0, 1], together at most 1. */
  readonly refuse: number;
  readonly fail: number;
  /** Versions that the shares are about; all of them where none is named. */
  readonly badVersions: readonly string[];
}

/** The same seed gives each device the same fate with each version, in every run. */
export function fateOf(
  { seed, refuse, fail, badVersions }: Fates,
  device: string,
  { model, version }: { readonly model: string; readonly version: string },
): Fate {
  if (badVersions.length > 0 && !badVersions.includes(version)) return 'well';
  const drawn = seededRandom(hash(`${seed} ${device} ${model}@${version}`)).next();
  if (drawn < refuse) return 'refused';
  return drawn < refuse + fail ? 'failing' : 'well';
}

/** FNV-1a, 32 bits. */
export function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const byte of Buffer.from(text)) value = Math.imul(value ^ byte, 0x01000193) >>> 0;
  return value;
}
