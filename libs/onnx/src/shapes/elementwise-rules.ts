import { elementTypeOf } from '../element-type.js';
import { broadcast, type Dims } from './dimensions.js';
import type { Rule, RuleInput } from './rule.js';

/** Operators that work on every element alone and keep type and shape. */
export const UNARY_OPERATORS: readonly string[] = (
  'Abs Acos Asin Atan Ceil Celu Clip Cos Elu Erf Exp Floor Gelu HardSigmoid HardSwish Identity ' +
  'LeakyRelu Log Mish Neg Not Reciprocal Relu Round Selu Sigmoid Sign Sin Softplus Softsign Sqrt Swish ' +
  'Tan Tanh ThresholdedRelu'
).split(' ');

/** Operators that combine tensors element by element after broadcasting and keep the type. */
export const ARITHMETIC_OPERATORS: readonly string[] =
  'Add And Div Max Mean Min Mod Mul Or Pow PRelu Sub Sum Xor'.split(' ');

const COMPARISONS: readonly string[] = 'Equal Greater GreaterOrEqual Less LessOrEqual'.split(' ');

const KEEP_SHAPE: readonly string[] = (
  'BatchNormalization CumSum Dropout GroupNormalization Hardmax InstanceNormalization ' +
  'LayerNormalization LogSoftmax LpNormalization LRN MeanVarianceNormalization RMSNormalization Softmax'
).split(' ');

const same: Rule = ({ fact }) => [fact(0)];

const combined =
  (from: number, logical: boolean): Rule =>
  (input) => [{ dataType: logical ? 'bool' : input.type(from), dims: broadcastInputs(input) }];

const all = (names: readonly string[], rule: Rule): Record<string, Rule> =>
  Object.fromEntries(names.map((name) => [name, rule]));

export const ELEMENTWISE_RULES: Readonly<Record<string, Rule>> = {
  ...all(UNARY_OPERATORS, same),
  ...all(KEEP_SHAPE, same),
  ...all(ARITHMETIC_OPERATORS, combined(0, false)),
  ...all(COMPARISONS, combined(0, true)),
  Where: combined(1, false),
  IsNaN: ({ dims }) => [{ dataType: 'bool', dims: dims(0) }],
  Cast: ({ node, dims }) => [{ dataType: elementTypeOf(node.int('to', 0), node.label), dims: dims(0) }],
  QuantizeLinear: ({ node, has, type, dims }) => [
    {
      dataType: has(2)
        ? type(2)
        : node.int('output_dtype', 0) === 0
          ? 'uint8'
          : elementTypeOf(node.int('output_dtype', 0), node.label),
      dims: dims(0),
    },
  ],
  DequantizeLinear: ({ type, dims }) => [{ dataType: type(1), dims: dims(0) }],
  DynamicQuantizeLinear: ({ dims }) => [
    { dataType: 'uint8', dims: dims(0) },
    { dataType: 'float32', dims: [] },
    { dataType: 'uint8', dims: [] },
  ],
};

function broadcastInputs({ node, dims, has }: RuleInput): Dims | undefined {
  const shapes: Dims[] = [];
  for (const index of node.inputs.keys()) {
    if (!has(index)) continue;
    const shape = dims(index);
    if (shape === undefined) return undefined;
    shapes.push(shape);
  }
  return broadcast(shapes);
}
