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
  const parsed = DeviceConfig.safeParse(json);
  if (!parsed.success) {
    throw new AgentError('config-invalid', `${file}: ${describeProblems(fieldProblems(parsed.error))}`);
  }
  return mapConfigPaths(parsed.data, (relative) => resolve(dirname(file), relative));
}
