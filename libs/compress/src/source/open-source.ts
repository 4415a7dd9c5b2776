import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ORIGINAL_VARIANT, type BundleDocument } from '@hamon/contracts';
import { inputDims, portsOf as bundlePorts, readBundle } from '@hamon/inference';
import { DEFAULT_READ_LIMITS, OnnxError, readModel, writeModel } from '@hamon/onnx';
import { CompressError } from '../errors.js';
import { checkFloatModel } from '../quantize/check-float-model.js';
import type { CompressSource } from './compress-source.js';
import { PLAIN, taskYardstick } from '../judge/yardstick.js';
import { portsOf, withInputLengths } from './ports-of.js';

/**
 * Opens a bundle folder or an ONNX file.
 * @throws CompressError `source-invalid`, `already-quantized`, `weights-not-finite`, `dynamic-shape`, `model-unsupported`
 * @throws OnnxError for a file that is no sound model
 */
export async function openSource(path: string): Promise<CompressSource> {
  const facts = await stat(path).catch((cause: NodeJS.ErrnoException) => {
    const what = cause.code === 'ENOENT' ? 'does not exist' : `cannot be read: ${cause.code}`;
    throw new CompressError('source-invalid', `${path} ${what}`, { cause });
  });
  if (!facts.isDirectory()) {
    const opened = await readFloatModel(path);
    return { ...opened, ports: portsOf(opened.model), yardstick: PLAIN };
  }
  const bundle = await readBundle(path);
  if (!bundle.ok) throw new CompressError('source-invalid', `${path}: ${bundle.error.detail}`);
  const { variants, input } = bundle.value;
  const original = variants.find(({ name }) => name === ORIGINAL_VARIANT);
  if (original === undefined)
    throw new CompressError(
      'source-invalid',
      `${path}: bundle.json has no variant "${ORIGINAL_VARIANT}", which the others are made from`,
    );
  refuseOtherInputs(path, bundle.value);
  const opened = await readFloatModel(join(path, original.file));
  return {
    ...opened,
    model: withInputLengths(opened.model, input.name, inputDims(input)),
    ports: bundlePorts(bundle.value),
    yardstick: taskYardstick(bundle.value),
    bundle: { dir: path, document: bundle.value },
  };
}

/** Samples are float32 throughout, and nothing else is fed beside them. */
function refuseOtherInputs(path: string, { input }: BundleDocument): void {
  const further = Object.keys(input.constants ?? {});
  if (input.dtype === 'float32' && further.length === 0) return;
  const what =
    further.length > 0
      ? `this one is fed ${further.join(', ')} as well`
      : `"${input.name}" is ${input.dtype}`;
  throw new CompressError(
    'model-unsupported',
    `${path}: compression takes models whose only input is float32; ${what}`,
  );
}

async function readFloatModel(file: string): Promise<Pick<CompressSource, 'file' | 'bytes' | 'model'>> {
  const facts = await stat(file).catch((cause: NodeJS.ErrnoException) => {
    throw new CompressError('source-invalid', `${file} is no file that can be read: ${cause.code}`, {
      cause,
    });
  });
  if (!facts.isFile()) throw new CompressError('source-invalid', `${file} is no file that can be read`);
  const { maxBytes } = DEFAULT_READ_LIMITS;
  if (facts.size > maxBytes)
    throw new CompressError(
      'source-invalid',
      `${file} has ${facts.size} bytes, at most ${maxBytes} can be read`,
    );
  const bytes = await readFile(file);
  const opened = { file, ...readWhole(bytes, dirname(file)) };
  checkFloatModel(opened.model);
  return opened;
}

/** A model with its data in other files becomes one in a single file, as a bundle's variant must be. */
function readWhole(bytes: Uint8Array, dir: string): Pick<CompressSource, 'bytes' | 'model'> {
  try {
    return { bytes, model: readModel(bytes) };
  } catch (cause) {
    if (!(cause instanceof OnnxError) || cause.code !== 'external-data-missing') throw cause;
    const model = readModel(bytes, { baseDir: dir });
    return { bytes: writeModel(model), model };
  }
}
