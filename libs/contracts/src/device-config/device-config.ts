import { z } from 'zod';
import { Host, Path, Port } from './fields.js';
import { ownAddressProblems } from './own-address.js';
import { Resources } from './resources.js';
import { SampleQuota } from './samples.js';
import { SecretName, SecretRef } from './secret-ref.js';
import { Sinks } from './sinks.js';
import { SourceConfig } from './sources.js';
import { placedStreams, streamProblems, Streams } from './streams.js';

const brokerUrl = z
  .string()
  .regex(/^(mqtts?|tcp|ssl):\/\/[^/@]+\/?$/, 'must be mqtt://host:port or mqtts://host:port');

/** What may come from the centre too. */
export const sharedSettings = {
  source: SourceConfig.default({ kind: 'http' }),
  sinks: Sinks.default([]),
  streams: Streams.default([]),
  resources: Resources.prefault({}),
  samples: SampleQuota.prefault({}),
  /** An update that would leave less than this free is refused. */
  minFreeDiskMb: z.number().min(0).default(64),
  logLevel: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  limits: z
    .strictObject({
      /** Chunks on their way to a bundle may take up to this. */
      chunkStoreMb: z.number().min(1).default(4096),
      chunkTimeoutSeconds: z.number().min(0.1).max(3600).default(20),
      /** Many: a bundle may take long to be published, and the deployment's own time-out comes first. */
      chunkAttempts: z.int().min(1).max(1000).default(60),
      /** A second model is loaded beside the first where this much memory is left over afterwards. */
      memoryMarginMb: z.number().min(0).default(64),
      loadTimeoutSeconds: z.number().min(1).max(3600).default(60),
      /** Larger images are refused; two are unpacked at once, each of which may take four bytes a pixel. */
      imageMegapixels: z.number().min(0.1).max(50).default(24),
      outboxRecords: z.int().min(10).max(100_000).default(2000),
      outboxMb: z.number().min(1).max(1024).default(16),
    })
    .prefault({}),
};

/** What is the device's own alone: how it is reached and whom it trusts. */
export const ownSettings = {
  http: z
    .strictObject({
      host: z.string().min(1).default('127.0.0.1'),
      /** 0 takes any free port. */
      port: z.union([z.literal(0), Port]).default(7070),
      /** Asked of whoever comes from another machine. */
      token: SecretRef.exactOptional(),
    })
    .prefault({}),
  /** Overrides the broker's address from enrolment, for devices behind another one. */
  mqttUrl: brokerUrl.optional(),
  /** Overrides the control plane's address from enrolment. */
  serverUrl: z.url({ protocol: /^https?$/ }).optional(),
  /** Accepts addresses outside of this machine without TLS. */
  insecure: z.boolean().default(false),
  /** What a configuration from the centre may use of this machine: nothing of it unless it is named here. */
  allow: z
    .strictObject({
      folders: z
        .array(Path.refine((path) => path.startsWith('/'), 'must be an absolute path'))
        .max(64)
        .default([]),
      programs: z.record(SecretName, z.array(z.string().min(1).max(4096)).min(1).max(200)).default({}),
      /** Hosts that a secret may be used for; one that is not listed here, for any. */
      secrets: z.record(SecretName, z.array(Host).max(64)).default({}),
    })
    .prefault({}),
  /** Settings that the centre does not change: `streams.NAME`, or the name of a setting at the top. */
  local: z.array(z.string().min(1).max(100)).max(100).default([]),
};

/** `agent.json`, the agent's configuration file. Paths in it are relative to the file. */
export const DeviceConfig = z
  .strictObject({ ...sharedSettings, ...ownSettings })
  .superRefine((config, context) => {
    const problems = [...streamProblems(config), ...ownAddressProblems(placedStreams(config), config.http)];
    for (const { path, message } of problems) {
      context.addIssue({ code: 'custom', path: [...path], message });
    }
  });
export type DeviceConfig = z.infer<typeof DeviceConfig>;
