import type { Resources } from '@hamon/contracts';
import type { MachineMonitor } from '../machine/machine-monitor.js';
import type { Models } from '../runner/models.js';

/**
 * Goes over to other `resources` without a restart: budget, limits and nice levels hold from now on, threads and execution
 * providers from the next start of a model's process.
 */
export async function applyResources(
  machine: MachineMonitor,
  models: Pick<Models, 'all'>,
  resources: Resources,
): Promise<void> {
  await machine.apply(resources);
  for (const { processes } of models.all) processes.reconfigure();
}
