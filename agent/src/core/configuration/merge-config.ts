import { MAIN_STREAM, namedSettings, type DeviceConfig, type PushedConfig } from '@hamon/contracts';

/** What the centre sent: as it was written, and with what it leaves out filled in and its paths resolved. */
export interface Pushed {
  readonly document: Readonly<Record<string, unknown>>;
  readonly config: PushedConfig;
}

export interface Merged {
  readonly config: DeviceConfig;
  /** Settings that were sent and that the device's own file keeps. */
  readonly ignored: readonly string[];
}

/** `source` and `sinks` at the top are a stream too. */
const STREAM_SETTINGS = ['source', 'sinks', 'streams'] as const;
const isOfStreams = (name: string): boolean => (STREAM_SETTINGS as readonly string[]).includes(name);

/**
 * The device's own file with what the centre sent in its place, apart from what the file keeps (`local`). Streams are set
 * as a whole: where the centre names any, the file's own are gone, but for those that it keeps. Of other settings, those
 * that are named take the place of the file's, member by member.
 */
export function mergeConfig(own: DeviceConfig, { document, config }: Pushed): Merged {
  const ignored: string[] = [];
  const isKept = (...names: readonly string[]): boolean => {
    const kept = names.some((name) => own.local.includes(name));
    if (kept) ignored.push(names[0] ?? '');
    return kept;
  };
  const named = namedSettings(document);
  const others = named
    .filter((name) => !isOfStreams(name) && !isKept(name))
    .map((name) => [name, withMembers(name, own, { document, config }, isKept)] as const);
  const streams = named.some(isOfStreams) && !isKept('streams') ? mergeStreams(own, config, isKept) : {};
  return { config: { ...own, ...Object.fromEntries(others), ...streams }, ignored };
}

type IsKept = (...names: readonly string[]) => boolean;

function mergeStreams(
  own: DeviceConfig,
  pushed: PushedConfig,
  isKept: IsKept,
): Pick<DeviceConfig, (typeof STREAM_SETTINGS)[number]> {
  const keeps = (name: string): boolean =>
    own.local.includes(streamSetting(name)) ||
    (name === MAIN_STREAM && STREAM_SETTINGS.some((setting) => own.local.includes(setting)));
  const keptRows = own.streams.filter(({ name }) => keeps(name));
  const sentRows = pushed.streams.filter(
    ({ name }) => !isKept(streamSetting(name), ...(name === MAIN_STREAM ? STREAM_SETTINGS : [])),
  );
  const isTopKept = keeps(MAIN_STREAM);
  if (isTopKept && hasTop(pushed)) isKept(streamSetting(MAIN_STREAM), ...STREAM_SETTINGS);
  const { source, sinks } = isTopKept ? own : pushed;
  return { source, sinks, streams: [...keptRows, ...sentRows] };
}

const hasTop = ({ source, sinks }: Pick<PushedConfig, 'source' | 'sinks'>): boolean =>
  source.kind !== 'http' || sinks.length > 0;

const streamSetting = (name: string): string => `streams.${name}`;

/** A setting that has members is taken member by member; any other as it is. */
function withMembers(
  name: keyof PushedConfig,
  own: DeviceConfig,
  { document, config }: Pushed,
  isKept: IsKept,
): unknown {
  const written = document[name];
  const value: unknown = config[name];
  if (!isPlain(written) || !isPlain(value)) return value;
  const members = Object.keys(written)
    .filter((member) => !isKept(`${name}.${member}`))
    .map((member) => [member, value[member]]);
  const kept: unknown = own[name];
  return { ...(isPlain(kept) && kept), ...Object.fromEntries(members) };
}

const isPlain = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
