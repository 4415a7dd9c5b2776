import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { describeProblems, DeviceConfig, fieldProblems, mapConfigPaths } from '@hamon/contracts';
import { AgentError } from './agent-error.js';

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
  const named = parsed(file, json);
  // Once more where they lead: two ways of writing one folder are known as one only now.
  return parsed(
    file,
    mapConfigPaths(named, (relative) => resolve(dirname(file), relative)),
  );
}

function parsed(file: string, json: unknown): DeviceConfig {
  const read = DeviceConfig.safeParse(json);
  if (read.success) return read.data;
  throw new AgentError('config-invalid', `${file}: ${describeProblems(fieldProblems(read.error))}`);
}
