import { isDeepStrictEqual } from 'node:util';
import { streamsOf, type DeviceConfig, type StreamConfig } from '@hamon/contracts';

/** What takes effect with a start of the agent; the streams, and what they may take of the machine, change while it runs. */
const AT_START = ['limits', 'samples'] as const satisfies readonly (keyof DeviceConfig)[];
const AT_START_WHOLE = ['minFreeDiskMb', 'logLevel'] as const satisfies readonly (keyof DeviceConfig)[];

/** Settings of the second that the agent, started with the first, does not use yet. */
export function needsRestart(started: DeviceConfig, wanted: DeviceConfig): string[] {
  const members = AT_START.flatMap((name) => {
    const [before, after]: Record<string, unknown>[] = [started[name], wanted[name]];
    return Object.keys(after ?? {})
      .filter((member) => !isDeepStrictEqual(before?.[member], after?.[member]))
      .map((member) => `${name}.${member}`);
  });
  const isSame = isDeepStrictEqual(atLoad(started), atLoad(wanted));
  return [
    ...members,
    ...(isSame ? [] : ['resources.models']),
    ...AT_START_WHOLE.filter((name) => started[name] !== wanted[name]),
  ];
}

/** Of its models, what holds from the start of their processes on. */
const atLoad = ({ resources }: DeviceConfig): object =>
  Object.fromEntries(
    Object.entries(resources.models)
      .map(([model, { threads, executionProviders }]) => [model, { threads, executionProviders }] as const)
      .filter(([, of]) => of.threads !== undefined || of.executionProviders !== undefined),
  );

/** The streams of the second that are not the same in the first: what a trial waits for. */
export function changedStreams(before: DeviceConfig, after: DeviceConfig): StreamConfig[] {
  const former = new Map(streamsOf(before).map((stream) => [stream.name, stream]));
  return streamsOf(after).filter((stream) => !isDeepStrictEqual(former.get(stream.name), stream));
}
