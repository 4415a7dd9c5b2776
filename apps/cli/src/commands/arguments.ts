import {
  DeviceId,
  LabelKey,
  LabelValue,
  ModelName,
  parseDurationSeconds,
  parseSelector,
  parseStages,
  VariantName,
  VersionName,
  type ThresholdOverride,
} from '@hamon/contracts';
import { InvalidArgumentError } from 'commander';
import { z } from 'zod';

/** One version of a model, as people write it: `tile-inspector@2.0.0`. */
export interface VersionRef {
  readonly model: string;
  readonly version: string;
}

const checked =
  (schema: z.ZodType<string>) =>
  (text: string): string => {
    const parsed = schema.safeParse(text);
    if (parsed.success) return parsed.data;
    throw new InvalidArgumentError(`${parsed.error.issues[0]?.message ?? 'it is not valid'}.`);
  };

export const modelName = checked(ModelName);
export const variantName = checked(VariantName);
export const deviceId = checked(DeviceId);
export const versionName = checked(VersionName);
/** An id, or enough of its beginning to be unique; see `resolveId`. */
export const idOrPrefix = checked(
  z
    .string()
    .toLowerCase()
    .regex(/^[0-9a-f-]{4,36}$/, 'write the id, or at least the first 4 characters of it'),
);

export const benchmarkId = checked(z.uuid('a benchmark is named by its id, see: hamon benchmark ls DEVICE'));

export function versionRef(text: string): VersionRef {
  const at = text.indexOf('@');
  if (at < 1) throw new InvalidArgumentError('Write it as NAME@VERSION, for example tile-inspector@2.0.0.');
  return { model: modelName(text.slice(0, at)), version: versionName(text.slice(at + 1)) };
}

/** `NAME` or `NAME@VERSION`. */
export function modelOrVersion(text: string): { readonly model: string; readonly version?: string } {
  return text.includes('@') ? versionRef(text) : { model: modelName(text) };
}

export function wholeNumber(text: string): number {
  const value = Number(text);
  if (/^\d{1,9}$/.test(text) && value >= 1) return value;
  throw new InvalidArgumentError('It must be a whole number of at least 1.');
}

export function share(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && value <= 1) return value;
  throw new InvalidArgumentError('It must be a share between 0 and 1, for example 0.01.');
}

/** `0.4` for all labels, or `Crack=0.4,Fray=0.3`; what it may be, the version's task says. */
export function threshold(text: string): ThresholdOverride {
  const rule = 'Write a number, or one by label: Crack=0.4,Fray=0.3.';
  const numberOf = (part: string): number => {
    const value = Number(part);
    if (part.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError(rule);
    return value;
  };
  if (!text.includes('=')) return numberOf(text);
  // A label may hold anything but what parts them.
  const pairs = text.split(',').map((part): [string, number] => {
    const at = part.lastIndexOf('=');
    if (at < 1) throw new InvalidArgumentError(rule);
    return [part.slice(0, at).trim(), numberOf(part.slice(at + 1))];
  });
  return Object.fromEntries(pairs);
}

export function durationSeconds(text: string): number {
  const seconds = parseDurationSeconds(text);
  if (seconds !== undefined) return seconds;
  throw new InvalidArgumentError('Write a duration as 90s, 10m, 2h or 1d.');
}

/** Checked here for a quick answer; the server reads the text itself. */
export function selector(text: string): string {
  const parsed = parseSelector(text);
  if (parsed.ok) return text;
  throw new InvalidArgumentError(`${parsed.error}.`);
}

export function stages(text: string): string {
  const parsed = parseStages(text);
  if (parsed.ok) return text;
  throw new InvalidArgumentError(`${parsed.error}.`);
}

/** `key=value`, added to what was given before. */
export function labelSet(
  text: string,
  before: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const { key, value } = label(text);
  if (value === null) throw new InvalidArgumentError('Write a label as key=value.');
  return { ...before, [key]: value };
}

/** `key=value` sets a label, `key-` removes it. */
export function label(text: string): { readonly key: string; readonly value: string | null } {
  const at = text.indexOf('=');
  if (at >= 0)
    return { key: checked(LabelKey)(text.slice(0, at)), value: checked(LabelValue)(text.slice(at + 1)) };
  if (text.endsWith('-')) return { key: checked(LabelKey)(text.slice(0, -1)), value: null };
  throw new InvalidArgumentError('Write a label as key=value, or key- to remove it.');
}
