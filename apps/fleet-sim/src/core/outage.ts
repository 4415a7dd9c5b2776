/** How devices are switched off and on again. */
export interface Outages {
  /** Share of the time that a device is off, in [0, 1). */
  readonly share: number;
  /** How long it is off, on the average. */
  readonly meanSeconds: number;
}

const LONGEST = 10;

/** How long a device stays on now; `Infinity` where it is never switched off. @param random in [0, 1) */
export function secondsOn({ share, meanSeconds }: Outages, random: number): number {
  return share === 0 ? Infinity : exponential((meanSeconds * (1 - share)) / share, random);
}

export const secondsOff = ({ meanSeconds }: Outages, random: number): number =>
  exponential(meanSeconds, random);

/** Cut off far out, so that no device is gone for good. */
const exponential = (mean: number, random: number): number => mean * Math.min(LONGEST, -Math.log(1 - random));
