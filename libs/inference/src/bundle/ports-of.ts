import type { BundleDocument } from '@hamon/contracts';
import { taskNamed } from '@hamon/tasks';
import type { ModelPorts } from '../model-interface.js';

/** The input of a bundle's model, and the outputs that its task reads. */
export const portsOf = ({ task, input, output }: BundleDocument): ModelPorts => ({
  input,
  outputs: taskNamed(task).outputNames(output),
});
