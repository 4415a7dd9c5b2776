import type { BundleDocument } from '@hamon/contracts';
import { taskNamed } from '@hamon/tasks';
import { InferenceHost, type InferenceHostOptions } from '../host/inference-host.js';
import { InferenceError } from '../inference-error.js';
import { portsOf } from './ports-of.js';

export type OpenModelOptions = Omit<InferenceHostOptions, 'input' | 'outputs'>;

/**
 * A child process with the model of a bundle, whose outputs can be what the bundle's task reads.
 *
 * @throws InferenceError as `InferenceHost.start`; `labels-mismatch` where a shape fits nothing that the task reads
 */
export async function openModel(document: BundleDocument, options: OpenModelOptions): Promise<InferenceHost> {
  const host = await InferenceHost.start({ ...options, ...portsOf(document) });
  const { task, input, output } = document;
  const wrong = taskNamed(task).checkOutputs(output, input, host.model.outputs);
  if (wrong === undefined) return host;
  await host.stop();
  throw new InferenceError('labels-mismatch', wrong.slice(0, 500));
}
