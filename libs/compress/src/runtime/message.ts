const ALIGNMENT = 8;

/** What a message starts with: anything that JSON can hold. Blobs follow, each aligned to 8 bytes, so that they can be viewed. */
export interface Message<Head> {
  readonly head: Head;
  readonly blobs: readonly Uint8Array[];
}

export function packMessage(head: unknown, blobs: readonly Uint8Array[] = []): Uint8Array {
  const lengths = blobs.map(({ byteLength }) => byteLength);
  const text = Buffer.from(JSON.stringify({ head, lengths }));
  let lengthBytes = padded(4 + text.length);
  for (const length of lengths) lengthBytes += padded(length);
  const body = new Uint8Array(lengthBytes);
  new DataView(body.buffer).setUint32(0, text.length, true);
  body.set(text, 4);
  let at = padded(4 + text.length);
  for (const blob of blobs) {
    body.set(blob, at);
    at += padded(blob.byteLength);
  }
  return body;
}

/** The blobs are views into `body`, which must start at an aligned offset of its buffer. */
export function unpackMessage<Head>(body: Uint8Array): Message<Head> {
  const textLength = new DataView(body.buffer, body.byteOffset, body.byteLength).getUint32(0, true);
  const text = Buffer.from(body.buffer, body.byteOffset + 4, textLength).toString('utf8');
  const { head, lengths } = JSON.parse(text) as { head: Head; lengths: number[] };
  let at = padded(4 + textLength);
  const blobs = lengths.map((length) => {
    const blob = body.subarray(at, at + length);
    at += padded(length);
    return blob;
  });
  return { head, blobs };
}

const padded = (length: number): number => Math.ceil(length / ALIGNMENT) * ALIGNMENT;
