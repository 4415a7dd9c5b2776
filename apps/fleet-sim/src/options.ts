import { DeviceId, parseDurationSeconds, VersionName } from '@hamon/contracts';
import { InvalidArgumentError } from 'commander';

/** @throws InvalidArgumentError unless it is a whole number in these bounds */
export const wholeNumber =
  (least: number, most: number) =>
  (text: string): number => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(`must be a whole number from ${least} to ${most}.`);
  };

/** `5%` → 0.05. @throws InvalidArgumentError */
export function share(text: string): number {
  const match = /^(\d{1,3}(?:\.\d+)?)%$/.exec(text);
  const percent = match ? Number(match[1]) : NaN;
  if (percent >= 0 && percent <= 100) return percent / 100;
  throw new InvalidArgumentError('must be a percentage from 0% to 100%.');
}

/** `90s`, `10m`, `2h` → seconds. @throws InvalidArgumentError */
export function duration(text: string): number {
  const seconds = parseDurationSeconds(text);
  if (seconds !== undefined) return seconds;
  throw new InvalidArgumentError('must be a duration such as 90s, 10m or 2h.');
}

/** The stem of device ids, to which a number of five digits is added. @throws InvalidArgumentError */
export function deviceStem(text: string): string {
  if (DeviceId.safeParse(`${text}-00001`).success) return text;
  throw new InvalidArgumentError(
    'must be 1-58 of a-z, 0-9, ".", "_", "-", beginning with a letter or digit.',
  );
}

/** @throws InvalidArgumentError unless it is an http:// or https:// address */
export function serverUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return text;
  throw new InvalidArgumentError('must be an http:// or https:// address.');
}

/** Comma-separated names, at least one, none twice. @throws InvalidArgumentError */
export function names(text: string): string[] {
  const found = text.split(',').map((name) => name.trim());
  const isGood =
    found.every((name) => name !== '' && name.length <= 100) && new Set(found).size === found.length;
  if (isGood && found.length <= 100) return found;
  throw new InvalidArgumentError('must be names with commas between them, each once, 1 to 100 of them.');
}

/** `2.0.0`, without its model. @throws InvalidArgumentError */
export function version(text: string): string {
  if (VersionName.safeParse(text).success) return text;
  throw new InvalidArgumentError('must be a version such as 2.0.0, without its model.');
}
