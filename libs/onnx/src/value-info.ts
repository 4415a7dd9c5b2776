import { create } from '@bufbuild/protobuf';
import { elementTypeCode, elementTypeOf, type ElementType } from './element-type.js';
import {
  TypeProtoSchema,
  TypeProto_TensorSchema,
  ValueInfoProtoSchema,
  TensorShapeProtoSchema,
  TensorShapeProto_DimensionSchema,
  type ValueInfoProto,
} from './generated/onnx_pb.js';
import { clampToSafe } from './tensor.js';

/** A length, the name of an unknown one (`"batch"`), or `null` for an unknown one without a name. */
export type Dimension = number | string | null;

/** What is known about a tensor that flows through the graph. */
export interface ValueInfo {
  readonly name: string;
  /** `undefined`: not a plain tensor (a sequence, a map …) or not stated. */
  readonly dataType: ElementType | undefined;
  /** `undefined`: even the number of dimensions is unknown. */
  readonly dims: readonly Dimension[] | undefined;
  /** The message as read, written back as long as type and shape are the same objects. */
  readonly residue?: ValueInfoProto;
}

export function valueInfoFromProto(proto: ValueInfoProto): ValueInfo {
  const { name } = proto;
  const type = proto.type?.value;
  if (type?.case !== 'tensorType') return { name, dataType: undefined, dims: undefined, residue: proto };
  const { elemType, shape } = type.value;
  return {
    name,
    dataType: elemType === 0 ? undefined : elementTypeOf(elemType, `value "${name}"`),
    dims: shape?.dim.map(({ value }): Dimension => {
      if (value.case === 'dimValue') return value.value < 0n ? null : clampToSafe(value.value);
      return value.case === 'dimParam' && value.value !== '' ? value.value : null;
    }),
    residue: proto,
  };
}

export function valueInfoToProto(info: ValueInfo): ValueInfoProto {
  if (info.residue !== undefined && info.residue.name === info.name) return info.residue;
  const { name, dataType, dims } = info;
  if (dataType === undefined) return create(ValueInfoProtoSchema, { name });
  const dim = dims?.map((length) =>
    create(TensorShapeProto_DimensionSchema, {
      value:
        typeof length === 'number'
          ? { case: 'dimValue', value: BigInt(length) }
          : length === null
            ? { case: undefined }
            : { case: 'dimParam', value: length },
    }),
  );
  const tensor = create(TypeProto_TensorSchema, {
    elemType: elementTypeCode(dataType),
    ...(dim === undefined ? {} : { shape: create(TensorShapeProtoSchema, { dim }) }),
  });
  return create(ValueInfoProtoSchema, {
    name,
    type: create(TypeProtoSchema, { value: { case: 'tensorType', value: tensor } }),
  });
}
