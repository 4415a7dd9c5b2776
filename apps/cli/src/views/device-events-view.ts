import type { DeviceEvent } from '@hamon/contracts';
import type { Colours } from '../output.js';
import { cell } from './table.js';
import { localTime } from './words.js';

export const eventsText = (colours: Colours, events: readonly DeviceEvent[]): string =>
  events.map((event) => eventLine(colours, event)).join('\n');

/** One line, whatever a device writes: its text must not look like lines of its neighbours. */
export function eventLine(
  colours: Colours,
  { at, kind, version, stream, reason, detail }: DeviceEvent,
): string {
  const of = version ? ` ${cell(`${version.model}@${version.version} ${version.variant}`)}` : '';
  const about = stream === undefined ? of : `${of} on ${cell(stream)}`;
  const why = reason ? `: ${cell(reason.code)}: ${cell(reason.detail)}` : '';
  const more = detail === '' || detail === reason?.detail ? '' : `: ${cell(detail)}`;
  const name = BAD.has(kind) ? colours.yellow(kind) : kind;
  return `${colours.dim(localTime(at))}  ${name}${about}${why}${more}`;
}

const BAD = new Set<DeviceEvent['kind']>([
  'rolled-back',
  'refused',
  'manifest-rejected',
  'command-rejected',
  'worker-crashed',
  'worker-hung',
  'chunk-corrupt',
  'disk-full',
  'fallback-open',
  'records-dropped',
  'source-unreadable',
]);
