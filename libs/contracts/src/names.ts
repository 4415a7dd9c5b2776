import { z } from 'zod';

/** Fleets, devices, models, variants: lower-case names that are safe in a topic, a path and a file name. */
const NAME = /^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/;
const NAME_RULE = 'must be 1-64 of a-z, 0-9, ".", "_", "-", beginning and ending with a letter or digit';

const name = (what: string) => z.string().regex(NAME, `${what} ${NAME_RULE}`);

export const FleetId = name('fleet');
export const DeviceId = name('device');
export const ModelName = name('model');
export const VariantName = name('variant');
export const StreamName = name('stream');

/** The stream of a configuration that names none. */
export const MAIN_STREAM = 'main';

/** Models that one device runs at most. */
export const MAX_MODELS = 16;

/** Semantic Versioning 2.0.0 without build metadata (a `+` is unsafe in an MQTT topic and a shell). */
export const VersionName = z
  .string()
  .max(64)
  .regex(
    /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/,
    'version must be MAJOR.MINOR.PATCH, optionally with a -prerelease',
  );

/** SHA-256 in lower-case hexadecimal. */
export const Sha256 = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in 64 lower-case hexadecimal digits');

/**
 * The last sequence. At one signature a second it is 30,000 years away, and adding to it is still far from where numbers
 * stop being exact.
 */
export const MAX_SEQUENCE = 2 ** 40;

/** A manifest's sequence number: a counter per device and model that only ever grows. */
export const Sequence = z.int().min(1).max(MAX_SEQUENCE);

/** ISO 8601 in UTC. */
export const Timestamp = z.iso.datetime();

/** One label key or value of a device, for example `site=osaka`. */
export const LabelKey = z
  .string()
  .regex(
    /^[a-z][a-z0-9_.-]{0,62}$/,
    'label key must begin with a-z and hold 1-63 of a-z, 0-9, "_", ".", "-"',
  );
export const LabelValue = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/, 'label value must be 1-63 letters, digits, "_", ".", "-"');

/** At most 32 labels: labels reach metrics and selectors, so their number is bounded. */
export const DeviceLabels = z
  .record(LabelKey, LabelValue)
  .refine((labels) => Object.keys(labels).length <= 32, 'a device has at most 32 labels');
export type DeviceLabels = z.infer<typeof DeviceLabels>;
