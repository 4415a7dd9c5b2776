import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import {
  describeProblems,
  DeviceConfig,
  fieldProblems,
  type SinkConfig,
  type SourceConfig,
} from '@hamon/contracts';
import { AgentError } from './agent-error.js';
import { pathsIn } from './config-paths.js';

export { DeviceConfig as AgentConfig } from '@hamon/contracts';

/** @throws AgentError `config-invalid`, naming field and rule */
export async function readConfig(file: string | undefined): Promise<DeviceConfig> {
  if (file === undefined) return DeviceConfig.parse({});
  let json: unknown;
  try {
    json = JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    throw new AgentError('config-invalid', `${file}: ${(cause as Error).message}`, { cause });
  }
  const parsed = DeviceConfig.safeParse(json);
  if (!parsed.success) {
    throw new AgentError('config-invalid', `${file}: ${describeProblems(fieldProblems(parsed.error))}`);
  }
  return withPaths(parsed.data, (relative) => resolve(dirname(file), relative));
}

/** The same configuration with each of its paths made another. */
export function withPaths(config: DeviceConfig, made: (path: string) => string): DeviceConfig {
  const source = <S extends SourceConfig>(row: S): S => pathsIn(row, made);
  const sink = <S extends SinkConfig>(row: S): S => pathsIn(row, made);
  return {
    ...config,
    source: source(config.source),
    sinks: config.sinks.map(sink),
    streams: config.streams.map((stream) => ({
      ...stream,
      ...(stream.source && { source: source(stream.source) }),
      ...(stream.trigger && { trigger: pathsIn(stream.trigger, made) }),
      sinks: stream.sinks.map(sink),
    })),
  };
}
