import { z } from 'zod';
import { DeviceId, FleetId, Sequence, Timestamp } from './names.js';

/** What a device's agent can do beside its manifests' orders, as it reports it among them. An earlier agent is not asked. */
export const DEVICE_ABILITIES = ['configure', 'logs', 'restart'] as const;
export type DeviceAbility = (typeof DEVICE_ABILITIES)[number];

/**
 * `hamon.device-config/1`: "device D shall use configuration C from sequence N". The payload of a JWS (RFC 7515, general
 * JSON serialization) by the manifest key, of a type of its own; retained.
 */
export const ConfigOrder = z.strictObject({
  schema: z.literal('hamon.device-config/1'),
  fleet: FleetId,
  device: DeviceId,
  /** Of the device's configurations alone; only ever up. */
  sequence: Sequence,
  issuedAt: Timestamp,
  /**
   * Of the form `PushedConfig`, judged apart: a device that does not know a setting can then say so of this very sequence.
   * Null takes back what was sent before: the device's own file alone counts.
   */
  config: z.record(z.string(), z.unknown()).nullable(),
  /** What it changes must run within this time; otherwise the device goes back by itself. */
  trialSeconds: z.int().min(1).max(3600),
});
export type ConfigOrder = z.infer<typeof ConfigOrder>;

/** Why an order does not take effect by its bytes alone, or because of what came before. */
export const CONFIG_REJECTIONS = [
  'config-malformed',
  'config-unsigned',
  'config-bad-signature',
  'config-foreign-fleet',
  'config-foreign-device',
  /** Of a lower sequence than the device has seen. */
  'config-older',
  /** Of a sequence that came before with other bytes. */
  'config-conflict',
] as const;
export type ConfigRejection = (typeof CONFIG_REJECTIONS)[number];

export const CONFIG_REASONS = [
  ...CONFIG_REJECTIONS,
  /** The device does not know a setting, or it breaks a rule together with the device's own file. */
  'config-invalid',
  /** It would use what the device's own file does not allow. */
  'config-not-allowed',
  /** A stream that it changes did not come up. */
  'stream-not-up',
  /** The agent ended again and again while it was tried. */
  'boot-loop',
] as const;

export const ConfigReason = z.strictObject({ code: z.enum(CONFIG_REASONS), detail: z.string().max(500) });
export type ConfigReason = z.infer<typeof ConfigReason>;

/** What became of a configuration on a device. `rejected`: never tried; `reverted`: tried, and gone back from. */
export const CONFIG_STATES = ['trial', 'applied', 'reverted', 'rejected'] as const;
export const ConfigState = z.enum(CONFIG_STATES);
export type ConfigState = z.infer<typeof ConfigState>;

const settings = z.array(z.string().max(100)).max(32);

/** What a device says of the newest configuration that was sent to it. */
export const ConfigReport = z.strictObject({
  sequence: Sequence,
  state: ConfigState,
  reason: ConfigReason.nullable(),
  at: Timestamp,
  /** Settings that its own file keeps (`local`): what was sent of them is ignored. */
  ignored: settings.exactOptional(),
  /** Settings that it uses from the agent's next start on. */
  needsRestart: settings.exactOptional(),
});
export type ConfigReport = z.infer<typeof ConfigReport>;
