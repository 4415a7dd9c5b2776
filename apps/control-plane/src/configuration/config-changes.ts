import { isDeepStrictEqual } from 'node:util';
import type { ConfigChange } from '@hamon/contracts';
import type { ConfigDocument } from './check-config.js';

/** Changes that are told of one device; more would hide those that matter. */
const MOST = 100;
/** `streams.cam-1.source`: what lies deeper is shown as a whole. */
const DEPTH = 3;

/** What differs between two configurations, setting by setting; streams are compared by their names. */
export function changesBetween(before: ConfigDocument, after: ConfigDocument): ConfigChange[] {
  return changesIn(named(before), named(after), []).slice(0, MOST);
}

function changesIn(before: unknown, after: unknown, path: readonly string[]): ConfigChange[] {
  if (isDeepStrictEqual(before, after)) return [];
  // A stream that comes or goes is one change; so are streams of which there are none, which is not the same as unsaid.
  const isWhole = (path[0] === 'streams' && path.length === 2) || isEmpty(before ?? after);
  const goesOn = path.length < DEPTH && !((before === undefined || after === undefined) && isWhole);
  if (!goesOn || !isPlainOrAbsent(before) || !isPlainOrAbsent(after)) {
    return [{ field: path.join('.'), before: before ?? null, after: after ?? null }];
  }
  const names = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]);
  return [...names].sort().flatMap((name) => changesIn(own(before, name), own(after, name), [...path, name]));
}

/** Its streams by their names instead of their places. */
function named(config: ConfigDocument): Record<string, unknown> {
  const { streams, ...rest } = config ?? {};
  if (!Array.isArray(streams)) return config ?? {};
  const rows = streams.map((row: unknown, i) => {
    const name = isPlain(row) && typeof row['name'] === 'string' ? row['name'] : String(i);
    return [name, row] as const;
  });
  return { ...rest, streams: Object.fromEntries(rows) };
}

type Plain = Readonly<Record<string, unknown>>;

const isPlain = (value: unknown): value is Plain =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isPlainOrAbsent = (value: unknown): value is Plain | undefined => value === undefined || isPlain(value);
const isEmpty = (value: unknown): boolean => isPlain(value) && Object.keys(value).length === 0;
const own = (holder: Plain | undefined, name: string): unknown =>
  holder && Object.hasOwn(holder, name) ? holder[name] : undefined;
