import { create, toBinary } from '@bufbuild/protobuf';
import { OnnxError } from './errors.js';
import { ModelProtoSchema, OperatorSetIdProtoSchema } from './generated/onnx_pb.js';
import { graphToProto } from './graph-proto.js';
import type { OnnxModel } from './onnx-model.js';

/** protobuf's own limit on one message, which readers enforce. */
const MAX_BYTES = 2 ** 31 - 1;

/**
 * The file of a model: nodes in topological order, numeric tensors as raw data inside the file. The same model gives
 * the same bytes.
 * @throws OnnxError `too-large` beyond 2 GiB, `invalid-graph` where the nodes form a cycle
 */
export function writeModel(model: OnnxModel): Uint8Array {
  const { residue, producer } = model;
  let lengthBytes = 0;
  for (const tensor of model.graph.initializers.values()) lengthBytes += tensor.lengthBytes;
  if (lengthBytes > MAX_BYTES)
    throw new OnnxError('too-large', `the model's ${lengthBytes} bytes do not fit one file`);
  const message = create(ModelProtoSchema, {
    irVersion: BigInt(model.irVersion),
    opsetImport: [...model.opsets].map(([domain, version]) =>
      create(OperatorSetIdProtoSchema, { domain, version: BigInt(version) }),
    ),
    ...(producer.name === '' ? {} : { producerName: producer.name }),
    ...(producer.version === '' ? {} : { producerVersion: producer.version }),
    graph: graphToProto(model.graph),
    ...(residue === undefined
      ? {}
      : {
          metadataProps: residue.metadataProps,
          functions: residue.functions,
          configuration: residue.configuration,
        }),
  });
  if (residue !== undefined) {
    if (residue.domain !== '') message.domain = residue.domain;
    if (residue.docString !== '') message.docString = residue.docString;
    if (residue.modelVersion !== 0n) message.modelVersion = residue.modelVersion;
    if (residue.$unknown !== undefined) message.$unknown = residue.$unknown;
  }
  return toBinary(ModelProtoSchema, message);
}
