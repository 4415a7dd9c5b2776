import { z } from 'zod';
import { mapConfigPaths } from './config-paths.js';
import { secretsInQueries } from './config-secrets.js';
import { ownSettings, sharedSettings } from './device-config.js';
import { plantEnds } from './shared-sinks.js';
import type { SinkConfig } from './sinks.js';
import { placedStreams, streamProblems } from './streams.js';
import type { TriggerConfig } from './triggers.js';

/** Bytes of a configuration from the centre at most, as JSON: with its address and signature it is one message. */
export const MAX_PUSHED_BYTES = 60_000;

/** Settings that are the device's own alone: how it is reached, whom it trusts, what it lets the centre use. */
export const OWN_SETTINGS = Object.keys(ownSettings) as readonly (keyof typeof ownSettings)[];

const Shared = z.strictObject(sharedSettings).superRefine((config, context) => {
  const issue = (path: readonly (string | number)[], message: string): void =>
    context.addIssue({ code: 'custom', path: [...path], message });
  for (const { path, message } of streamProblems(config)) issue(path, message);
  mapConfigPaths(config, (path, field) => {
    if (path.split(/[\\/]/).includes('..')) issue(field, 'must not lead out of its folder by ".."');
    return path;
  });
  [config.source, ...config.streams.map(({ source }) => source)].forEach((source, i) => {
    if (source?.kind !== 'command' || source.run === undefined) return;
    const at = i === 0 ? [] : ['streams', i - 1];
    const message = 'is of the device’s own file alone: name one of its allow.programs by "program"';
    issue([...at, 'source', 'run'], message);
  });
  for (const field of secretsInQueries(config)) {
    issue(field, 'must not hold a secret in its query: keep such a stream in the device’s own file');
  }
  for (const { end, at } of plantEnds(placedStreams(config))) {
    const field = insecureField(end);
    if (field) issue([...at, ...field], 'is of the device’s own file alone: secrets would go in clear');
  }
});

/** Where a sink or trigger accepts a connection without encryption. */
function insecureField(end: SinkConfig | TriggerConfig): readonly string[] | undefined {
  if ('broker' in end) return end.broker.insecure ? ['broker', 'insecure'] : undefined;
  return 'insecure' in end && end.insecure ? ['insecure'] : undefined;
}

/**
 * A configuration from the centre, with what it leaves out filled in: the settings of `agent.json` but those that are the
 * device's own. Programs are named, never given; whether a path lies in a folder that the device allows, the device says.
 * Which settings it has an opinion about, `namedSettings` tells of the document itself.
 */
export const PushedConfig = z
  .record(z.string(), z.unknown())
  .superRefine((document, context) => {
    for (const name of OWN_SETTINGS.filter((own) => Object.hasOwn(document, own))) {
      const message = 'is the device’s own: only its own file sets it';
      context.addIssue({ code: 'custom', path: [name], message });
    }
    const length = bytesOf(document);
    if (length === undefined) {
      context.addIssue({ code: 'custom', message: 'is nested too deeply' });
    } else if (length > MAX_PUSHED_BYTES) {
      const message = `takes ${length} bytes, at most ${MAX_PUSHED_BYTES} go to a device`;
      context.addIssue({ code: 'custom', message });
    }
  })
  .pipe(Shared);
export type PushedConfig = z.infer<typeof PushedConfig>;

/** The settings that a document sets; the others stay as the device's own file has them. */
export const namedSettings = (document: Readonly<Record<string, unknown>>): (keyof PushedConfig)[] =>
  (Object.keys(sharedSettings) as (keyof PushedConfig)[]).filter((name) => Object.hasOwn(document, name));

/** As JSON; undefined where it is nested deeper than can be written, which reading it does not find. */
function bytesOf(document: object): number | undefined {
  try {
    return new TextEncoder().encode(JSON.stringify(document)).length;
  } catch {
    return undefined;
  }
}
