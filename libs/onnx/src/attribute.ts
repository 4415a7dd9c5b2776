import { create } from '@bufbuild/protobuf';
import {
  AttributeProtoSchema,
  AttributeProto_AttributeType as Type,
  type AttributeProto,
} from './generated/onnx_pb.js';
import type { Tensor } from './tensor.js';
import { tensorToProto } from './tensor-proto.js';

/** An attribute's value; its name is the key under which a node holds it. */
export type Attribute = AttributeProto;

/** Attributes of new nodes. */
export const attribute = {
  int: (value: number): Attribute => create(AttributeProtoSchema, { type: Type.INT, i: BigInt(value) }),
  ints: (values: readonly number[]): Attribute =>
    create(AttributeProtoSchema, { type: Type.INTS, ints: values.map(BigInt) }),
  float: (value: number): Attribute => create(AttributeProtoSchema, { type: Type.FLOAT, f: value }),
  floats: (values: readonly number[]): Attribute =>
    create(AttributeProtoSchema, { type: Type.FLOATS, floats: [...values] }),
  string: (value: string): Attribute =>
    create(AttributeProtoSchema, { type: Type.STRING, s: new TextEncoder().encode(value) }),
  tensor: (value: Tensor): Attribute =>
    create(AttributeProtoSchema, { type: Type.TENSOR, t: tensorToProto(value) }),
  /** A branch of an If: one operator that reads tensors of the graph around by name, and gives `output` as floats. */
  branch: (opType: string, inputs: readonly string[], output: string): Attribute =>
    create(AttributeProtoSchema, {
      type: Type.GRAPH,
      g: {
        name: output,
        node: [{ opType, input: [...inputs], output: [output] }],
        output: [{ name: output, type: { value: { case: 'tensorType', value: { elemType: 1 } } } }],
      },
    }),
} as const;
