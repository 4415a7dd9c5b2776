import { parseDurationSeconds } from '@hamon/contracts';

/** Parsers of one environment variable each; the message completes "NAME …". */

export function text(value: string): string {
  if (value === '') throw new Error('must not be empty');
  return value;
}

export function secret(value: string): string {
  if (!/^[A-Za-z0-9_-]{20,200}$/.test(value)) throw new Error('must be 20-200 of A-Z, a-z, 0-9, "_", "-"');
  return value;
}

export const integer =
  (min: number, max: number) =>
  (value: string): number => {
    const number = Number(value);
    if (!/^\d+$/.test(value) || number < min || number > max) {
      throw new Error(`must be a whole number from ${min} to ${max}`);
    }
    return number;
  };

export const durationSeconds =
  (minSeconds: number) =>
  (value: string): number => {
    const seconds = parseDurationSeconds(value);
    if (seconds === undefined || seconds < minSeconds) {
      throw new Error(`must be a duration like 90s, 10m, 2h or 7d, of ${minSeconds} seconds or more`);
    }
    return seconds;
  };

export const url =
  (...protocols: string[]) =>
  (value: string): string => {
    const parsed = URL.canParse(value) ? new URL(value) : undefined;
    if (!parsed || !protocols.includes(parsed.protocol.slice(0, -1))) {
      throw new Error(`must be a URL that begins with ${protocols.map((p) => `${p}://`).join(' or ')}`);
    }
    return value;
  };

/** An address over HTTP. Credentials in it would show in logs and links, and `fetch` refuses it. */
export const httpUrl = (value: string): string => {
  const { username, password } = new URL(url('http', 'https')(value));
  if (username !== '' || password !== '') throw new Error('must hold no user name or password');
  return value;
};

export const oneOf =
  <const T extends string>(...values: T[]) =>
  (value: string): T => {
    const found = values.find((candidate) => candidate === value);
    if (found === undefined) throw new Error(`must be one of ${values.join(', ')}`);
    return found;
  };

export function boolean(value: string): boolean {
  return oneOf('true', 'false')(value) === 'true';
}

/** A contract's own rule for a name. */
export const named =
  (schema: { safeParse(value: string): { success: boolean; error?: { issues: { message: string }[] } } }) =>
  (value: string): string => {
    const { success, error } = schema.safeParse(value);
    if (!success) throw new Error(`is refused: ${error?.issues[0]?.message ?? 'not valid'}`);
    return value;
  };
