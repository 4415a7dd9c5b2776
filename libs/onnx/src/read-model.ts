import { fromBinary } from '@bufbuild/protobuf';
import { OnnxError } from './errors.js';
import { externalDataIn, inlineExternalData, type ExternalDataSource } from './external-data.js';
import { ModelProtoSchema, type ModelProto } from './generated/onnx_pb.js';
import { graphFromProto } from './graph-proto.js';
import { OnnxModel } from './onnx-model.js';
import { DEFAULT_READ_LIMITS, type ReadLimits } from './read-limits.js';
import { scanWire } from './scan-wire.js';

export interface ReadOptions {
  /** Folder of the model file, for models with external data. */
  readonly baseDir?: string;
  /** Another place for external data; wins over `baseDir`. */
  readonly externalData?: ExternalDataSource;
  readonly limits?: Partial<ReadLimits>;
}

/**
 * Reads a model. Raw tensor data is not copied: keep `bytes` unchanged as long as the model is used. Operators and
 * types that this library does not know are kept as they are; passes that need to know them refuse by name.
 * @throws OnnxError naming what is wrong and where
 */
export function readModel(bytes: Uint8Array, options: ReadOptions = {}): OnnxModel {
  const limits = { ...DEFAULT_READ_LIMITS, ...options.limits };
  scanWire(bytes, limits);
  const proto = decode(bytes, limits);
  const { graph } = proto;
  if (graph === undefined) throw new OnnxError('not-onnx', 'the file is no ONNX model: it has no graph');
  if (proto.irVersion < 3n)
    throw new OnnxError(
      'unsupported-version',
      `the model has IR version ${proto.irVersion}, 3 or later can be read`,
    );
  const opsets = new Map(proto.opsetImport.map(({ domain, version }) => [domain, Number(version)]));
  if (!opsets.has('') && !opsets.has('ai.onnx')) {
    if (opsets.size === 0) throw new OnnxError('malformed', 'the model names no operator set (opset_import)');
  }
  const source =
    options.externalData ??
    (options.baseDir === undefined ? undefined : externalDataIn(options.baseDir, limits.maxBytes));
  inlineExternalData(proto, source);
  const producer = { name: proto.producerName, version: proto.producerVersion };
  return new OnnxModel(graphFromProto(graph), Number(proto.irVersion), opsets, producer, proto);
}

function decode(bytes: Uint8Array, limits: ReadLimits): ModelProto {
  try {
    // A plain Uint8Array: the views that the decoder hands out are of the class of what it is given.
    const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return fromBinary(ModelProtoSchema, plain, { recursionLimit: limits.maxDepth + 1 });
  } catch (cause) {
    throw new OnnxError('malformed', `the model cannot be decoded: ${(cause as Error).message}`, { cause });
  }
}
