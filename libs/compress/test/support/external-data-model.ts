/** y = x + w over four floats, with the floats of w in the file `weights.bin`; written by hand as protobuf. */
export function externalDataModel(): Uint8Array {
  const value = (name: string): Buffer =>
    Buffer.concat([
      text(1, name),
      nested(2, nested(1, number(1, 1), nested(2, nested(1, number(1, 1)), nested(1, number(1, 4))))),
    ]);
  const entry = (key: string, content: string): Buffer => nested(13, text(1, key), text(2, content));
  const weight = [
    number(1, 4),
    number(2, 1),
    text(8, 'w'),
    entry('location', 'weights.bin'),
    entry('length', '16'),
    number(14, 1),
  ];
  const node = [text(1, 'x'), text(1, 'w'), text(2, 'y'), text(4, 'Add')];
  const graph = [
    nested(1, ...node),
    text(2, 'graph'),
    nested(5, ...weight),
    nested(11, value('x')),
    nested(12, value('y')),
  ];
  return Buffer.concat([number(1, 8), nested(7, ...graph), nested(8, number(2, 17))]);
}

/** A varint field; small numbers only. */
const number = (field: number, value: number): Buffer => Buffer.from([field << 3, value]);

/** A field of bytes. All fields and lengths here fit one or two bytes. */
function nested(field: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const length = body.length < 128 ? [body.length] : [(body.length & 127) | 128, body.length >> 7];
  return Buffer.concat([Buffer.from([(field << 3) | 2, ...length]), body]);
}

const text = (field: number, value: string): Buffer => nested(field, Buffer.from(value));
