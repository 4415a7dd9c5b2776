/** Just enough protobuf to write small ONNX files without depending on the lib whose reader such files test. */
export type Field = readonly [
  number: number,
  value: number | bigint | string | Uint8Array | readonly Field[],
  kind?: 'float',
];

/** Whole numbers become varints, texts and nested lists length-delimited; `float` marks a 32-bit float. */
export function message(fields: readonly Field[]): Buffer {
  return Buffer.concat(fields.map(encodeField));
}

function encodeField([number, value, kind]: Field): Buffer {
  if (kind === 'float') {
    const float = Buffer.alloc(4);
    float.writeFloatLE(Number(value));
    return Buffer.concat([varint((number << 3) | 5), float]);
  }
  if (typeof value === 'number' || typeof value === 'bigint') {
    return Buffer.concat([varint(number << 3), varint(value)]);
  }
  const bytes =
    typeof value === 'string'
      ? Buffer.from(value)
      : value instanceof Uint8Array
        ? value
        : message(value as readonly Field[]);
  return Buffer.concat([varint((number << 3) | 2), varint(bytes.length), bytes]);
}

function varint(value: number | bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest > 0n ? low | 0x80 : low);
  } while (rest > 0n);
  return Buffer.from(bytes);
}
