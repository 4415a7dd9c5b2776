import type { Resources } from '@hamon/contracts';
import { probeProvider } from '@hamon/inference';
import type { Logger } from 'pino';

/**
 * Those execution providers of the configuration that compute on this machine. Asked at the start of the agent, not of each
 * model: the hardware class that follows must not change with what happens to be loaded.
 */
export async function workingProviders(
  { models }: Resources,
  folder: string,
  log: Pick<Logger, 'warn'>,
): Promise<string[]> {
  const asked = new Set(Object.values(models).flatMap(({ executionProviders = [] }) => executionProviders));
  asked.delete('cpu');
  const working: string[] = [];
  for (const provider of asked) {
    const detail = await probeProvider(provider, folder);
    if (detail === undefined) working.push(provider);
    else log.warn({ provider, detail }, 'this machine does not have the execution provider');
  }
  return working.sort();
}
