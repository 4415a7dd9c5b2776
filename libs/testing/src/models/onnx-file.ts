import { message, type Field } from './protobuf.js';

const FLOAT = 1;
const UINT8 = 2;
const INT64 = 7;
const BOOL = 9;
const FLOAT16 = 10;

export type Attribute =
  | { readonly int: number }
  | { readonly ints: readonly number[] }
  | { readonly float: number }
  | { readonly graph: OnnxGraph }
  | { readonly tensor: OnnxTensor };

export interface OnnxNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, Attribute>>;
}

export interface OnnxTensor {
  readonly name: string;
  readonly dims: readonly number[];
  readonly data: Float32Array | BigInt64Array | Uint8Array;
  /** The file that the values are said to be in, instead of the model. */
  readonly location?: string;
}

export interface OnnxValue {
  readonly name: string;
  readonly type?: 'float' | 'float16' | 'uint8' | 'int64' | 'bool';
  /** A text is a dynamic dimension. */
  readonly shape: readonly (number | string)[];
}

export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxTensor[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
}

/** A graph → the bytes of an ONNX file (IR 8, opset 17). */
export const onnxFile = (graph: OnnxGraph): Uint8Array =>
  message([
    [1, 8],
    [2, 'hamon-testing'],
    [7, graphFields(graph)],
    [8, [[2, 17]]],
  ]);

const graphFields = ({ nodes, initializers, inputs, outputs }: OnnxGraph): Field[] => [
  ...nodes.map((node, i): Field => [1, nodeFields(node, i)]),
  [2, 'graph'],
  ...initializers.map((tensor): Field => [5, tensorFields(tensor)]),
  ...inputs.map((value): Field => [11, valueFields(value)]),
  ...outputs.map((value): Field => [12, valueFields(value)]),
];

const nodeFields = ({ op, inputs, outputs, attributes = {} }: OnnxNode, i: number): Field[] => [
  ...inputs.map((name): Field => [1, name]),
  ...outputs.map((name): Field => [2, name]),
  [3, `${op}_${i}`],
  [4, op],
  ...Object.entries(attributes).map(([name, value]): Field => [5, attributeFields(name, value)]),
];

function attributeFields(name: string, value: Attribute): Field[] {
  if ('int' in value)
    return [
      [1, name],
      [3, value.int],
      [20, 2],
    ];
  if ('float' in value)
    return [
      [1, name],
      [2, value.float, 'float'],
      [20, 1],
    ];
  if ('graph' in value)
    return [
      [1, name],
      [6, graphFields(value.graph)],
      [20, 5],
    ];
  if ('tensor' in value)
    return [
      [1, name],
      [5, tensorFields(value.tensor)],
      [20, 4],
    ];
  return [[1, name], ...value.ints.map((int): Field => [8, int]), [20, 7]];
}

const tensorFields = ({ name, dims, data, location }: OnnxTensor): Field[] => [
  ...dims.map((dim): Field => [1, dim]),
  [2, data instanceof Float32Array ? FLOAT : data instanceof BigInt64Array ? INT64 : BOOL],
  [8, name],
  ...(location === undefined
    ? [[9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)] as const]
    : externalFields(location)),
];

const externalFields = (location: string): Field[] => [
  [
    13,
    [
      [1, 'location'],
      [2, location],
    ],
  ],
  [14, 1],
];

const valueFields = ({ name, type = 'float', shape }: OnnxValue): Field[] => [
  [1, name],
  [
    2,
    [
      [
        1,
        [
          [1, { float: FLOAT, float16: FLOAT16, uint8: UINT8, int64: INT64, bool: BOOL }[type]],
          [2, shape.map((dim): Field => [1, [typeof dim === 'number' ? [1, dim] : [2, dim]]])],
        ],
      ],
    ],
  ],
];
