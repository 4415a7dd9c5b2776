import { closeSync, constants, fstatSync, openSync, readSync, realpathSync } from 'node:fs';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { OnnxError } from './errors.js';
import {
  TensorProto_DataLocation,
  type AttributeProto,
  type GraphProto,
  type ModelProto,
  type TensorProto,
} from './generated/onnx_pb.js';

/** Where tensors with data outside of the model file get their bytes. */
export interface ExternalDataSource {
  /**
   * @param location as the model gives it: a relative path, not yet checked
   * @param lengthBytes `undefined`: to the end
   * @throws OnnxError `external-data-missing`, `external-data-outside` or `external-data-invalid`
   */
  read(location: string, offsetBytes: number, lengthBytes: number | undefined): Uint8Array;
}

/** Files below the folder of the model. Links and `..` that lead out of it are refused, and so is all but a plain file. */
export function externalDataIn(baseDir: string, maxBytes: number): ExternalDataSource {
  let left = maxBytes;
  return {
    read(location, offsetBytes, lengthBytes) {
      // Opening a named pipe would otherwise wait for a writer, perhaps for ever.
      const fd = openSync(pathInside(baseDir, location), constants.O_RDONLY | constants.O_NONBLOCK);
      try {
        const stat = fstatSync(fd);
        if (!stat.isFile())
          throw new OnnxError('external-data-invalid', `external data "${location}" is no plain file`);
        const length = lengthBytes ?? stat.size - offsetBytes;
        if (length < 0 || offsetBytes + length > stat.size)
          throw new OnnxError(
            'external-data-invalid',
            `external data "${location}" has ${stat.size} bytes, ${length} at offset ${offsetBytes} are wanted`,
          );
        left -= length;
        if (left < 0)
          throw new OnnxError('too-large', `the model has more than ${maxBytes} bytes of external data`);
        const bytes = new Uint8Array(length);
        for (let done = 0; done < length;) {
          const count = readSync(fd, bytes, done, length - done, offsetBytes + done);
          if (count === 0)
            throw new OnnxError(
              'external-data-invalid',
              `external data "${location}" ended while it was read`,
            );
          done += count;
        }
        return bytes;
      } finally {
        closeSync(fd);
      }
    },
  };
}

function pathInside(baseDir: string, location: string): string {
  const outside = new OnnxError(
    'external-data-outside',
    `external data "${location}" lies outside of the model's folder`,
  );
  const inside = (base: string, path: string): boolean => {
    const way = relative(base, path);
    return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
  };
  if (
    isAbsolute(location) ||
    location.includes('\0') ||
    !inside(resolve(baseDir), resolve(baseDir, location))
  )
    throw outside;
  let real: string;
  let base: string;
  try {
    base = realpathSync(baseDir);
    real = realpathSync(resolve(baseDir, location));
  } catch (cause) {
    throw new OnnxError('external-data-missing', `external data "${location}" does not exist`, { cause });
  }
  if (!inside(base, real)) throw outside;
  return real;
}

/** Brings all external data of a model into its messages, so that what follows knows one form only. */
export function inlineExternalData(model: ModelProto, source: ExternalDataSource | undefined): void {
  const tensor = (proto: TensorProto | undefined): void => {
    if (proto !== undefined && proto.dataLocation === TensorProto_DataLocation.EXTERNAL)
      inlineTensor(proto, source);
  };
  const attributes = (list: readonly AttributeProto[]): void => {
    for (const one of list) {
      tensor(one.t);
      one.tensors.forEach(tensor);
      if (one.g !== undefined) graph(one.g);
      one.graphs.forEach(graph);
    }
  };
  const graph = (proto: GraphProto): void => {
    proto.initializer.forEach(tensor);
    for (const { values, indices } of proto.sparseInitializer) [values, indices].forEach(tensor);
    for (const node of proto.node) attributes(node.attribute);
  };
  if (model.graph !== undefined) graph(model.graph);
  for (const { node } of model.functions) for (const one of node) attributes(one.attribute);
}

function inlineTensor(proto: TensorProto, source: ExternalDataSource | undefined): void {
  const entries = new Map(proto.externalData.map(({ key, value }) => [key, value]));
  const location = entries.get('location');
  if (location === undefined || location === '')
    throw new OnnxError(
      'external-data-invalid',
      `tensor "${proto.name}" has external data without a location`,
    );
  if (source === undefined)
    throw new OnnxError(
      'external-data-missing',
      `tensor "${proto.name}" has its data in "${location}", and the folder of the model is not known`,
    );
  const number = (key: string): number | undefined => {
    const text = entries.get(key);
    if (text === undefined) return undefined;
    const value = /^\d{1,16}$/.test(text) ? Number(text) : NaN;
    if (!Number.isSafeInteger(value))
      throw new OnnxError(
        'external-data-invalid',
        `tensor "${proto.name}" has the external ${key} "${text}"`,
      );
    return value;
  };
  proto.rawData = source.read(location, number('offset') ?? 0, number('length'));
  proto.externalData = [];
  proto.dataLocation = TensorProto_DataLocation.DEFAULT;
}
