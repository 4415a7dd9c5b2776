/** `0.0213` → `2.1 %` */
export const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

/** `12.3456` → `12.3 ms` */
export const milliseconds = (ms: number): string => `${ms.toFixed(ms < 10 ? 2 : 1)} ms`;

/** `1` → `1 device`, `2` → `2 devices` */
export const counted = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`;

/** Seconds for people: `90` → `90 s`, `600` → `10 min` */
export const duration = (seconds: number): string =>
  seconds >= 120 && seconds % 60 === 0 ? `${seconds / 60} min` : `${Math.round(seconds * 10) / 10} s`;
