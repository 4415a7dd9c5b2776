import { isDeepStrictEqual } from 'node:util';
import { streamsOf, type DeviceConfig, type StreamConfig } from '@hamon/contracts';

/** What takes effect with a start of the agent; the streams change while it runs. */
const AT_START = ['limits', 'resources', 'samples'] as const satisfies readonly (keyof DeviceConfig)[];
const AT_START_WHOLE = ['minFreeDiskMb', 'logLevel'] as const satisfies readonly (keyof DeviceConfig)[];

/** Settings of the second that the agent, started with the first, does not use yet. */
export function needsRestart(started: DeviceConfig, wanted: DeviceConfig): string[] {
  const members = AT_START.flatMap((name) => {
    const [before, after]: Record<string, unknown>[] = [started[name], wanted[name]];
    return Object.keys(after ?? {})
      .filter((member) => !isDeepStrictEqual(before?.[member], after?.[member]))
      .map((member) => `${name}.${member}`);
  });
  return [...members, ...AT_START_WHOLE.filter((name) => started[name] !== wanted[name])];
}

/** The streams of the second that are not the same in the first: what a trial waits for. */
export function changedStreams(before: DeviceConfig, after: DeviceConfig): StreamConfig[] {
  const former = new Map(streamsOf(before).map((stream) => [stream.name, stream]));
  return streamsOf(after).filter((stream) => !isDeepStrictEqual(former.get(stream.name), stream));
}
