import type { ModelResources, Resources } from '@hamon/contracts';

/** How a model's process is to run on this device. */
export interface LaunchSettings extends ModelResources {
  /** It cannot use more at once without breaking the device's budget. */
  readonly mostThreads?: number;
}

export function launchSettings({ models, cpu }: Resources, model: string): LaunchSettings {
  const own = Object.hasOwn(models, model) ? models[model] : undefined;
  return { ...own, ...(cpu.budget !== undefined && { mostThreads: Math.max(1, Math.ceil(cpu.budget)) }) };
}

/** The device's own word, else the manifest's; neither beyond the budget. */
export const threadsUnder = ({ threads, mostThreads = Infinity }: LaunchSettings, wished: number): number =>
  Math.min(threads ?? wished, mostThreads);
