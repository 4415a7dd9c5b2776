/** `363.7 kB`: decimal units, as disks are sold. */
export function bytesText(count: number): string {
  if (count < 1000) return `${count} B`;
  if (count < 999_950) return `${(count / 1000).toFixed(1)} kB`;
  return `${(count / 1e6).toFixed(count < 1e7 ? 2 : 1)} MB`;
}

export const percentText = (share: number): string => `${(share * 100).toFixed(1)} %`;

/** A difference of shares. */
export function pointsText(share: number): string {
  const points = shortText(share * 100);
  return points === '1' ? '1 point' : `${points} points`;
}

export const msText = (ms: number): string => `${ms.toFixed(ms < 10 ? 3 : 1)} ms`;

/** `12.50 M` multiply-accumulates. */
export const macsText = (macs: number): string =>
  macs >= 1e9
    ? `${(macs / 1e9).toFixed(2)} G`
    : macs >= 1e5
      ? `${(macs / 1e6).toFixed(2)} M`
      : `${(macs / 1e3).toFixed(1)} k`;

/** `1.02 ×` */
export const timesText = (ratio: number): string => `${ratio.toFixed(2)} ×`;

/** Three digits that tell something, whatever the magnitude. */
export const shortText = (value: number): string =>
  value === 0 ? '0' : Math.abs(value) < 1e-3 ? value.toExponential(1) : String(Number(value.toPrecision(3)));
