import { inputDims, type ModelInput, type ModelOutput } from '../model-interface.js';
import type { TensorFacts, WorkerFault } from '../protocol/messages.js';

/** Does the model take and give what its bundle says? One fault naming both sides, or undefined. */
export function checkModel(
  model: { readonly inputs: readonly TensorFacts[]; readonly outputs: readonly TensorFacts[] },
  input: ModelInput,
  output: ModelOutput,
): WorkerFault | undefined {
  return checkInput(model.inputs, input) ?? checkOutput(model.outputs, output);
}

function checkInput(inputs: readonly TensorFacts[], input: ModelInput): WorkerFault | undefined {
  const fault = (detail: string): WorkerFault => ({ code: 'input-mismatch', detail });
  const actual = inputs.find(({ name }) => name === input.name);
  if (!actual) return fault(`input.name is "${input.name}", the model has ${listOf(inputs)}`);
  if (inputs.length > 1)
    return fault(`the model needs ${inputs.length} inputs: ${listOf(inputs)}; one is fed`);
  if (actual.type !== 'float32') return fault(`input "${input.name}" is ${actual.type}, not float32`);
  const wanted = inputDims(input);
  const fits =
    actual.shape.length === wanted.length &&
    actual.shape.every((dim, i) => typeof dim === 'string' || dim === wanted[i]);
  if (fits) return undefined;
  return fault(
    `bundle.json feeds input "${input.name}" as [${wanted.join(', ')}], the model takes [${actual.shape.join(', ')}]`,
  );
}

function checkOutput(outputs: readonly TensorFacts[], output: ModelOutput): WorkerFault | undefined {
  const fault = (detail: string): WorkerFault => ({ code: 'labels-mismatch', detail });
  const actual = outputs.find(({ name }) => name === output.name);
  if (!actual) return fault(`output.name is "${output.name}", the model has ${listOf(outputs)}`);
  if (actual.type !== 'float32') return fault(`output "${output.name}" is ${actual.type}, not float32`);
  if (!output.labels) return undefined;
  // A dynamic last dimension shows itself at the first run, which checks the size again.
  const [last, ...leading] = [...actual.shape].reverse();
  const fits =
    last !== undefined &&
    (typeof last === 'string' || last === output.labels.length) &&
    leading.every((dim) => typeof dim === 'string' || dim === 1);
  if (fits) return undefined;
  return fault(
    `output "${output.name}" is [${actual.shape.join(', ')}], output.labels has ${output.labels.length} labels`,
  );
}

const listOf = (tensors: readonly TensorFacts[]): string => tensors.map(({ name }) => `"${name}"`).join(', ');
