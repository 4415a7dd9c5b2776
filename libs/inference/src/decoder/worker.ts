import { Socket } from 'node:net';
import { decodeImage, MAX_IMAGE_BYTES } from '../image/decode-image.js';
import { InferenceError } from '../inference-error.js';
import { preferAsOomVictim } from '../limits/prefer-as-oom-victim.js';
import { FrameReader, encodeHeader } from '../protocol/frame.js';
import { DECODER_FRAME, packSize, unpackDecode } from './protocol.js';

/** The child process of a `DecoderProcess`: one image after the other over one pipe (file descriptor 3). */
const pipe = new Socket({ fd: 3, readable: true, writable: true });
const HEAD_ROOM_BYTES = 64 * 1024;

preferAsOomVictim();

// The pipe's end is the only order to go: answers that the parent still waits for outlive a terminal's Ctrl-C.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
for (const event of ['end', 'close', 'error']) pipe.on(event, () => process.exit(0));

const reader = new FrameReader({
  maxBodyBytes: MAX_IMAGE_BYTES + HEAD_ROOM_BYTES,
  onFrame: (_kind, id, body) => void decode(id, body),
});
pipe.on('data', (piece: Buffer) => reader.push(piece));

async function decode(id: number, body: Uint8Array): Promise<void> {
  const { head, image } = unpackDecode(body);
  try {
    const { pixels, frame } = await decodeImage(image, head.input, head.maxPixels);
    send(DECODER_FRAME.decoded, id, packSize(frame), pixels);
  } catch (cause) {
    if (!(cause instanceof InferenceError)) throw cause;
    send(DECODER_FRAME.refused, id, Buffer.from(cause.message));
  }
}

function send(kind: number, id: number, ...parts: readonly Uint8Array[]): void {
  pipe.cork();
  pipe.write(
    encodeHeader(
      kind,
      id,
      parts.reduce((sum, { length }) => sum + length, 0),
    ),
  );
  for (const part of parts) pipe.write(part);
  pipe.uncork();
}
