import { ByteWindow } from './byte-window.js';

/** A tensor whose values are not in the model file. */
export interface ExternalTensor {
  readonly tensor: string;
  /** The file that the model names for them; empty where it names none. */
  readonly location: string;
}

/** The file is no ONNX model, as far as one has to read it to know where its values are. */
export class ModelFileError extends Error {
  override readonly name = 'ModelFileError';
}

type Message =
  'model' | 'graph' | 'node' | 'attribute' | 'sparse' | 'training' | 'function' | 'tensor' | 'external';

/**
 * Every way from a model to its tensors, by field number (onnx.proto). Written out instead of taken from `@hamon/onnx`:
 * this runs in each model's process on a gateway, which has no room for a protobuf library.
 */
const NESTED: Readonly<Record<Message, Readonly<Record<number, Message>>>> = {
  model: { 7: 'graph', 20: 'training', 25: 'function' },
  graph: { 1: 'node', 5: 'tensor', 15: 'sparse' },
  node: { 5: 'attribute' },
  attribute: { 5: 'tensor', 6: 'graph', 10: 'tensor', 11: 'graph', 22: 'sparse', 23: 'sparse' },
  sparse: { 1: 'tensor', 2: 'tensor' },
  training: { 1: 'graph', 2: 'graph' },
  function: { 7: 'node', 11: 'attribute' },
  tensor: { 13: 'external' },
  external: {},
};
const TENSOR_NAME = 8;
const TENSOR_DATA_LOCATION = 14;
const ENTRY_KEY = 1;
const ENTRY_VALUE = 2;

const VARINT = 0;
const FIXED64 = 1;
const DELIMITED = 2;
const FIXED32 = 5;
/** Protobuf's own limit; onnxruntime reads nothing that is nested deeper. */
const MAX_DEPTH = 100;
const MAX_TEXT_BYTES = 300;

interface Frame {
  readonly message: Message;
  readonly end: number;
  /** Of a tensor, or of an entry of its external data. */
  text: string;
  value: string;
  isExternal: boolean;
}

/**
 * The first tensor of an ONNX file whose values lie in another file, without building anything of the model: values that
 * lie inside are jumped over. It sees at least what onnxruntime would see: what it cannot follow, it refuses.
 *
 * @throws ModelFileError
 */
export function findExternalTensor(path: string): ExternalTensor | undefined {
  const file = new ByteWindow(path);
  try {
    return new Walk(file).run();
  } finally {
    file.close();
  }
}

class Walk {
  private at = 0;
  private readonly stack: Frame[] = [];

  constructor(private readonly file: ByteWindow) {
    this.enter('model', file.lengthBytes);
  }

  run(): ExternalTensor | undefined {
    let seenGraph = false;
    for (let frame = this.stack.at(-1); frame; frame = this.stack.at(-1)) {
      if (this.at === frame.end) {
        const found = this.leave(frame);
        if (found) return found;
        continue;
      }
      this.field(frame);
      seenGraph ||= this.stack.at(-1)?.message === 'graph';
    }
    if (!seenGraph) throw new ModelFileError('it has no graph');
    return undefined;
  }

  private field(frame: Frame): void {
    const tag = this.varint(frame.end);
    const [number, wire] = [Math.floor(tag / 8), tag % 8];
    if (number === 0) throw this.broken();
    if (wire === VARINT) {
      const value = this.varint(frame.end);
      if (frame.message === 'tensor' && number === TENSOR_DATA_LOCATION && value !== 0)
        frame.isExternal = true;
    } else if (wire === DELIMITED) {
      const length = this.varint(frame.end);
      this.delimited(frame, number, this.ahead(length, frame.end));
    } else if (wire === FIXED64 || wire === FIXED32) {
      this.at = this.ahead(wire === FIXED64 ? 8 : 4, frame.end);
    } else {
      // Groups: onnx.proto has none, and a reader that skips them sees what this one would not.
      throw this.broken();
    }
  }

  private delimited(frame: Frame, number: number, end: number): void {
    const nested = NESTED[frame.message][number];
    if (nested) {
      this.enter(nested, end);
      return;
    }
    const { message } = frame;
    if (message === 'tensor' && number === TENSOR_NAME) frame.text = this.text(end);
    if (message === 'external' && number === ENTRY_KEY) frame.text = this.text(end);
    if (message === 'external' && number === ENTRY_VALUE) frame.value = this.text(end);
    this.at = end;
  }

  private enter(message: Message, end: number): void {
    if (this.stack.length >= MAX_DEPTH) throw new ModelFileError(`it is nested deeper than ${MAX_DEPTH}`);
    this.stack.push({ message, end, text: '', value: '', isExternal: false });
  }

  private leave(frame: Frame): ExternalTensor | undefined {
    this.stack.pop();
    const parent = this.stack.at(-1);
    if (frame.message === 'external' && frame.text === 'location' && parent) parent.value = frame.value;
    return frame.isExternal ? { tensor: frame.text, location: frame.value } : undefined;
  }

  private text(end: number): string {
    return this.file.bytes(this.at, Math.min(end, this.at + MAX_TEXT_BYTES)).toString('utf8');
  }

  private ahead(lengthBytes: number, end: number): number {
    if (this.at + lengthBytes > end) throw this.broken();
    return this.at + lengthBytes;
  }

  /** Imprecise beyond 2^53, which is enough: such a number is no length, no tag and not zero. */
  private varint(end: number): number {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.at < end ? this.file.byteAt(this.at) : undefined;
      if (byte === undefined) throw this.broken();
      this.at += 1;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw this.broken();
  }

  private broken(): ModelFileError {
    return new ModelFileError(`it breaks off or makes no sense at byte ${this.at}`);
  }
}
