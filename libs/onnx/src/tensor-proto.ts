import { create } from '@bufbuild/protobuf';
import { elementTypeCode, elementTypeOf, representationOf, type ElementType } from './element-type.js';
import { OnnxError } from './errors.js';
import { TensorProtoSchema, TensorProto_DataLocation, type TensorProto } from './generated/onnx_pb.js';
import { clampToSafe, Tensor } from './tensor.js';

/**
 * The tensor of a message whose external data is already inlined.
 * @throws OnnxError `unsupported-type` or `invalid-tensor`
 */
export function tensorFromProto(proto: TensorProto): Tensor {
  const { name } = proto;
  const where = `tensor "${name}"`;
  const dataType = elementTypeOf(proto.dataType, where);
  const dims = proto.dims.map(clampToSafe);
  if (proto.segment !== undefined) throw new OnnxError('unsupported-type', `${where} is stored in segments`);
  if (proto.dataLocation === TensorProto_DataLocation.EXTERNAL)
    throw new OnnxError('external-data-missing', `${where} has its data in another file`);
  if (dataType === 'string') return Tensor.ofStrings(name, dims, proto.stringData);
  if (proto.rawData.byteLength > 0) return Tensor.fromBytes(name, dataType, dims, proto.rawData);
  return Tensor.fromBytes(name, dataType, dims, bytesOfTypedFields(proto, dataType));
}

/** Always `raw_data`: one form for one value keeps written bytes the same whatever the source used. */
export function tensorToProto(tensor: Tensor): TensorProto {
  return create(TensorProtoSchema, {
    ...(tensor.name === '' ? {} : { name: tensor.name }),
    dims: tensor.dims.map(BigInt),
    dataType: elementTypeCode(tensor.dataType),
    ...(tensor.strings === undefined ? { rawData: tensor.bytes } : { stringData: [...tensor.strings] }),
  });
}

/** Which typed field holds which type: see the comments of `TensorProto` in onnx.proto. */
function bytesOfTypedFields(proto: TensorProto, dataType: ElementType): Uint8Array {
  const bytesOf = (data: { buffer: ArrayBufferLike; byteOffset: number; byteLength: number }): Uint8Array =>
    new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  switch (dataType) {
    case 'float32':
    case 'complex64':
      return bytesOf(Float32Array.from(proto.floatData));
    case 'float64':
    case 'complex128':
      return bytesOf(Float64Array.from(proto.doubleData));
    case 'int64':
      return bytesOf(BigInt64Array.from(proto.int64Data));
    case 'uint64':
      return bytesOf(BigUint64Array.from(proto.uint64Data));
    case 'uint32':
      return bytesOf(Uint32Array.from(proto.uint64Data, Number));
    case 'int32':
      return bytesOf(Int32Array.from(proto.int32Data));
    default:
      // 16-bit and smaller types, packed ones too, sit one storage unit per int32; negative values keep their low bits.
      return bytesOf(
        representationOf(dataType).bits === 16
          ? Uint16Array.from(proto.int32Data)
          : Uint8Array.from(proto.int32Data),
      );
  }
}
