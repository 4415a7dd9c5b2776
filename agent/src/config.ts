import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { describeProblems, fieldProblems } from '@hamon/contracts';
import { z } from 'zod';
import { AgentError } from './agent-error.js';
import {
  Sinks,
  Source,
  streamProblems,
  Streams,
  type SinkConfig,
  type SourceConfig,
} from './stream-config.js';

const brokerUrl = z
  .string()
  .regex(/^(mqtts?|tcp|ssl):\/\/[^/]+\/?$/, 'must be mqtt://host:port or mqtts://host:port');

const Settings = z.strictObject({
  source: Source.default({ kind: 'http' }),
  sinks: Sinks.default([]),
  streams: Streams.default([]),
  http: z
    .strictObject({
      host: z.string().min(1).default('127.0.0.1'),
      /** 0 takes any free port. */
      port: z.int().min(0).max(65_535).default(7070),
    })
    .prefault({}),
  /** Overrides the broker's address from enrolment, for devices behind another one. */
  mqttUrl: brokerUrl.optional(),
  /** Overrides the control plane's address from enrolment. */
  serverUrl: z.url({ protocol: /^https?$/ }).optional(),
  /** Accepts addresses outside of this machine without TLS. */
  insecure: z.boolean().default(false),
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
});

/** The agent's configuration file. Paths in it are relative to the file. */
export const AgentConfig = Settings.superRefine((config, context) => {
  for (const { path, message } of streamProblems(config)) {
    context.addIssue({ code: 'custom', path: [...path], message });
  }
});
export type AgentConfig = z.infer<typeof AgentConfig>;

/** @throws AgentError `config-invalid`, naming field and rule */
export async function readConfig(file: string | undefined): Promise<AgentConfig> {
  if (file === undefined) return AgentConfig.parse({});
  let json: unknown;
  try {
    json = JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    throw new AgentError('config-invalid', `${file}: ${(cause as Error).message}`, { cause });
  }
  const parsed = AgentConfig.safeParse(json);
  if (!parsed.success) {
    throw new AgentError('config-invalid', `${file}: ${describeProblems(fieldProblems(parsed.error))}`);
  }
  const from: From = (relative) => resolve(dirname(file), relative);
  const { source, sinks, streams } = parsed.data;
  return {
    ...parsed.data,
    source: sourceFrom(source, from),
    sinks: sinks.map((sink) => sinkFrom(sink, from)),
    streams: streams.map((stream) => ({
      ...stream,
      source: sourceFrom(stream.source, from),
      sinks: stream.sinks.map((sink) => sinkFrom(sink, from)),
    })),
  };
}

type From = (relative: string) => string;

const sourceFrom = (source: SourceConfig, from: From): SourceConfig =>
  source.kind === 'directory' ? { ...source, path: from(source.path) } : source;

const sinkFrom = (sink: SinkConfig, from: From): SinkConfig =>
  sink.kind === 'jsonl' ? { ...sink, path: from(sink.path) } : sink;
