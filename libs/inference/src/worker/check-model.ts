import { inputDims, isImageInput, type ModelInput } from '../model-interface.js';
import type { TensorFacts, WorkerFault } from '../protocol/messages.js';

/** Does the model take and give what is asked of it? One fault naming both sides, or undefined. */
export function checkModel(
  model: { readonly inputs: readonly TensorFacts[]; readonly outputs: readonly TensorFacts[] },
  input: ModelInput,
  outputs: readonly string[],
): WorkerFault | undefined {
  return (
    checkInput(model.inputs, input) ??
    checkFurtherInputs(model.inputs, input) ??
    checkOutputs(model.outputs, outputs)
  );
}

const inputFault = (detail: string): WorkerFault => ({ code: 'input-mismatch', detail });

function checkInput(inputs: readonly TensorFacts[], input: ModelInput): WorkerFault | undefined {
  const actual = inputs.find(({ name }) => name === input.name);
  if (!actual) return inputFault(`input.name is "${input.name}", the model has ${listOf(inputs)}`);
  const { type, shape } = actual;
  const wantedType = isImageInput(input) ? input.dtype : 'float32';
  if (type !== wantedType) return inputFault(`input "${input.name}" is ${type}, not ${wantedType}`);
  const wanted = inputDims(input);
  const [batch] = shape;
  const isBatchAlone =
    typeof batch === 'number' &&
    batch > 1 &&
    shape.length === wanted.length &&
    shape.slice(1).every((dim, i) => typeof dim === 'string' || dim === wanted[i + 1]);
  if (isBatchAlone) {
    return inputFault(
      `input "${input.name}" takes ${batch} frames at once; export the model with a batch of 1, or an open one`,
    );
  }
  const fits =
    shape.length === wanted.length && shape.every((dim, i) => typeof dim === 'string' || dim === wanted[i]);
  if (fits) return undefined;
  return inputFault(
    `bundle.json feeds input "${input.name}" as [${wanted.join(', ')}], the model takes [${shape.join(', ')}]`,
  );
}

function checkFurtherInputs(inputs: readonly TensorFacts[], input: ModelInput): WorkerFault | undefined {
  const constants = isImageInput(input) ? (input.constants ?? {}) : {};
  const further = inputs.filter(({ name }) => name !== input.name);
  const missing = further.filter(({ name }) => !Object.hasOwn(constants, name));
  if (missing.length > 0) {
    return inputFault(
      `the model needs ${inputs.length} inputs: ${listOf(inputs)}; one is fed, and input.constants lacks ${listOf(missing)}`,
    );
  }
  const stranger = Object.keys(constants).find((name) => !further.some((one) => one.name === name));
  return stranger === undefined
    ? undefined
    : inputFault(`input.constants names "${stranger}", the model has ${listOf(inputs)}`);
}

/** Types of outputs that are handed on. */
const READABLE = new Set([
  ...['float32', 'float16', 'float64', 'bool'],
  ...['uint8', 'int8', 'uint16', 'int16', 'uint32', 'int32', 'uint64', 'int64'],
]);

function checkOutputs(outputs: readonly TensorFacts[], names: readonly string[]): WorkerFault | undefined {
  for (const name of names) {
    const actual = outputs.find((output) => output.name === name);
    if (!actual) {
      return {
        code: 'labels-mismatch',
        detail: `bundle.json reads output "${name}", the model has ${listOf(outputs)}`,
      };
    }
    if (!READABLE.has(actual.type)) {
      return { code: 'labels-mismatch', detail: `output "${name}" is ${actual.type}, not numbers` };
    }
  }
  return undefined;
}

const listOf = (tensors: readonly TensorFacts[]): string => tensors.map(({ name }) => `"${name}"`).join(', ');
