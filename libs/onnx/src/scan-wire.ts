import { ScalarType, type DescField, type DescMessage } from '@bufbuild/protobuf';
import { OnnxError, type OnnxErrorCode } from './errors.js';
import { ModelProtoSchema } from './generated/onnx_pb.js';
import type { ReadLimits } from './read-limits.js';

/** One of them is made for each message of a hostile file: what most do not need is made when it is needed. */
interface Frame {
  readonly fields: ReadonlyMap<number, DescField>;
  /** Which of the parent's fields it stands in, and where in a list; undefined for the model itself. */
  readonly field: DescField | undefined;
  readonly index: number;
  readonly end: number;
  /** How many there were so far in each list. */
  counts: Map<number, number> | undefined;
}

const VARINT_COST = 16;

/**
 * Walks the wire form of a model without building anything: every length lies within its parent, every known field has
 * its wire type, and what decoding would allocate stays within the limits. A few bytes can stand for many objects, so
 * the decoder must not see a file that this has not passed.
 * @throws OnnxError `not-onnx`, `truncated`, `malformed` or `too-large`, naming the place
 */
export function scanWire(bytes: Uint8Array, limits: ReadLimits): void {
  if (bytes.byteLength > limits.maxBytes)
    throw new OnnxError(
      'too-large',
      `the model has ${bytes.byteLength} bytes, at most ${limits.maxBytes} are read`,
    );
  new Scanner(bytes, limits).run();
}

class Scanner {
  private at = 0;
  private objects = 0;
  private numbers = 0;
  private readonly stack: Frame[] = [];
  private readonly tables = new Map<string, ReadonlyMap<number, DescField>>();
  private seenFields = 0;
  private seenGraph = false;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly limits: ReadLimits,
  ) {}

  run(): void {
    this.enter(ModelProtoSchema, undefined, 0, this.bytes.byteLength);
    for (let frame = this.stack.at(-1); frame !== undefined; frame = this.stack.at(-1)) {
      if (this.at >= frame.end) this.stack.pop();
      else this.field(frame);
    }
    if (!this.seenGraph) throw new OnnxError('not-onnx', 'the file is no ONNX model: it has no graph');
  }

  private field(frame: Frame): void {
    const tag = this.varint();
    const number = Math.floor(tag / 8);
    const wire = tag % 8;
    if (number === 0 || tag > 0xffffffff) this.fail('malformed', 'has an impossible field number');
    const known = frame.fields.get(number);
    if (this.stack.length === 1 && this.seenFields === 0 && known === undefined)
      this.fail('malformed', `starts with the unknown field ${number}`);
    const numbersBefore = this.at;
    if (wire === 2) this.delimited(frame, number, known);
    else {
      this.skip(wire, known);
      this.count(known, this.at - numbersBefore, wire === 0 ? VARINT_COST : 1);
    }
    if (this.stack[0] === frame) this.seenFields += 1;
  }

  private delimited(frame: Frame, number: number, known: DescField | undefined): void {
    const length = this.varint();
    const end = this.at + length;
    if (end > frame.end)
      this.fail(
        this.stack.length === 1 && known !== undefined ? 'truncated' : 'malformed',
        `${known?.name ?? `field ${number}`} claims ${length} bytes where ${frame.end - this.at} are left`,
      );
    this.object();
    const message = known === undefined ? undefined : known.message;
    if (known !== undefined && message !== undefined) {
      if (message.typeName === 'onnx.GraphProto' && this.stack.length === 1) this.seenGraph = true;
      this.enter(message, known, indexIn(frame, known), end);
      return;
    }
    const scalar = known?.scalar;
    if (
      known?.fieldKind === 'list' &&
      scalar !== undefined &&
      scalar !== ScalarType.STRING &&
      scalar !== ScalarType.BYTES
    ) {
      this.count(known, length, isVarint(scalar) ? VARINT_COST : 1);
    } else if (known !== undefined && scalar !== ScalarType.STRING && scalar !== ScalarType.BYTES)
      this.fail('malformed', `${known.name} has the wrong wire type`);
    this.at = end;
  }

  private skip(wire: number, known: DescField | undefined): void {
    const scalar = known?.scalar;
    const expected =
      known === undefined
        ? wire
        : known.enum !== undefined || (scalar !== undefined && isVarint(scalar))
          ? 0
          : scalar === ScalarType.FLOAT
            ? 5
            : scalar === ScalarType.DOUBLE
              ? 1
              : 2;
    if (wire !== expected || (wire !== 0 && wire !== 1 && wire !== 5))
      this.fail('malformed', `${known?.name ?? 'a field'} has the wrong wire type`);
    // The decoder keeps each unknown field as an object.
    if (known === undefined) this.object();
    if (wire === 0) this.varint();
    else this.at += wire === 1 ? 8 : 4;
    if (this.at > (this.stack.at(-1)?.end ?? 0))
      this.fail(this.stack.length === 1 ? 'truncated' : 'malformed', 'ends within a number');
  }

  private count(known: DescField | undefined, lengthBytes: number, cost: number): void {
    if (known?.fieldKind !== 'list') return;
    // At least as many numbers as there can be in these bytes: a float takes 4, a varint at least 1.
    this.numbers += cost === 1 ? Math.ceil(lengthBytes / 4) : lengthBytes * cost;
    if (this.numbers > this.limits.maxNumbers)
      throw new OnnxError(
        'too-large',
        `the model has more numbers outside of raw data than are read (${this.limits.maxNumbers})`,
      );
  }

  private object(): void {
    this.objects += 1;
    if (this.objects > this.limits.maxObjects)
      throw new OnnxError('too-large', `the model has more than ${this.limits.maxObjects} parts`);
  }

  private enter(message: DescMessage, field: DescField | undefined, index: number, end: number): void {
    if (this.stack.length >= this.limits.maxDepth)
      throw new OnnxError('too-large', `the model is nested more than ${this.limits.maxDepth} levels deep`);
    let fields = this.tables.get(message.typeName);
    if (fields === undefined) {
      fields = new Map(message.fields.map((field) => [field.number, field]));
      this.tables.set(message.typeName, fields);
    }
    this.stack.push({ fields, field, index, end, counts: undefined });
  }

  /** Beyond 2^53 imprecise, which is enough: such a number is no length and no tag. */
  private varint(): number {
    const limit = this.stack.at(-1)?.end ?? 0;
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.at >= limit)
        this.fail(this.stack.length === 1 ? 'truncated' : 'malformed', 'ends within a number');
      const byte = this.bytes[this.at] ?? 0;
      this.at += 1;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    return this.fail('malformed', 'has a number of more than ten bytes');
  }

  private fail(code: OnnxErrorCode, what: string): never {
    const atRoot = this.stack.length <= 1;
    const place = this.stack.map(labelOf).join('');
    // A file that goes wrong before its second field never looked like a model.
    if (atRoot && (this.seenFields === 0 || (code === 'malformed' && !this.seenGraph)))
      throw new OnnxError('not-onnx', `the file is no ONNX model: it ${what}`);
    throw new OnnxError(code, `${place} at byte ${this.at}: ${what}`);
  }
}

function indexIn(frame: Frame, { fieldKind, number }: DescField): number {
  if (fieldKind !== 'list') return 0;
  frame.counts ??= new Map();
  const index = frame.counts.get(number) ?? 0;
  frame.counts.set(number, index + 1);
  return index;
}

function labelOf({ field, index }: Frame): string {
  if (field === undefined) return 'model';
  return field.fieldKind === 'list' ? `.${field.name}[${index}]` : `.${field.name}`;
}

function isVarint(scalar: ScalarType): boolean {
  return (
    scalar === ScalarType.INT32 ||
    scalar === ScalarType.INT64 ||
    scalar === ScalarType.UINT64 ||
    scalar === ScalarType.BOOL
  );
}
