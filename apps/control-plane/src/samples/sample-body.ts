import type { Readable } from 'node:stream';
import { MAX_SAMPLE_META_BYTES, SAMPLE_HEAD_BYTES, SampleMeta } from '@hamon/contracts';
import { imageFormat } from '@hamon/inference';
import { ControlPlaneError } from '../platform/errors.js';
import { zod } from '../platform/http/zod.pipe.js';

/** Enough to tell a PNG or a JPEG by. */
const MAGIC_BYTES = 16;

/** A body whose picture is still on its way; see `encodeSample`. */
export interface SampleBody {
  readonly meta: SampleMeta;
  /** To be read once; its first bytes are those of an image of the kind that the metadata names. */
  readonly picture: AsyncIterable<Uint8Array>;
}

/**
 * Reads what is said of a picture and stops before the picture. The connection is left open for a refusal.
 *
 * @param withinMs for all of the body: a slower sender holds up others
 * @throws ControlPlaneError `invalid-request`, `sample-refused`, `request-timeout`
 */
export async function openSampleBody(body: Readable, withinMs: number): Promise<SampleBody> {
  const bytes = new ByteReader(body, withinMs);
  const length = (await bytes.take(SAMPLE_HEAD_BYTES)).readUInt32BE();
  if (length > MAX_SAMPLE_META_BYTES) {
    throw refused(`The metadata has ${length} bytes, at most ${MAX_SAMPLE_META_BYTES}.`);
  }
  const meta = parseMeta(await bytes.take(length));
  const first = await bytes.peek(MAGIC_BYTES);
  if (`image/${imageFormat(first) ?? ''}` !== meta.mediaType) {
    throw refused(`The picture is no ${meta.mediaType}, by its first bytes.`);
  }
  return { meta, picture: bytes.rest() };
}

function parseMeta(bytes: Buffer): SampleMeta {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new ControlPlaneError('invalid-request', 'The metadata is no JSON.', { cause });
  }
  return zod(SampleMeta).transform(json) as SampleMeta;
}

/** A stream of bytes in pieces of a wanted length. What was not asked for is not held. */
class ByteReader {
  private readonly source: AsyncIterator<Uint8Array>;
  private readonly tooLate: Promise<never>;
  private held: Buffer = Buffer.alloc(0);

  constructor(body: Readable, withinMs: number) {
    // The stream is not destroyed where reading ends early: the refusal goes over the same connection.
    this.source = body.iterator({ destroyOnReturn: false }) as AsyncIterator<Uint8Array>;
    this.tooLate = new Promise((_, reject) => {
      const detail = `The body took longer than ${withinMs / 1000} s.`;
      const late = (): void => reject(new ControlPlaneError('request-timeout', detail));
      const timer = setTimeout(late, withinMs);
      body.once('close', () => clearTimeout(timer));
    });
    this.tooLate.catch(() => undefined);
  }

  async take(length: number): Promise<Buffer> {
    const found = await this.peek(length);
    if (found.byteLength < length) throw endedEarly();
    this.held = this.held.subarray(length);
    return found;
  }

  /** Up to so many bytes, fewer only at the end. */
  async peek(length: number): Promise<Buffer> {
    const parts = [this.held];
    for (let done = this.held.byteLength; done < length;) {
      const part = await this.next();
      if (!part) break;
      parts.push(Buffer.from(part.buffer, part.byteOffset, part.byteLength));
      done += part.byteLength;
    }
    this.held = Buffer.concat(parts);
    return this.held.subarray(0, length);
  }

  async *rest(): AsyncGenerator<Uint8Array> {
    if (this.held.byteLength > 0) yield this.held;
    this.held = Buffer.alloc(0);
    for (let part = await this.next(); part; part = await this.next()) yield part;
  }

  private async next(): Promise<Uint8Array | undefined> {
    const read = this.source.next().catch((cause: unknown) => {
      throw endedEarly(cause);
    });
    const { done, value } = await Promise.race([read, this.tooLate]);
    return done === true ? undefined : value;
  }
}

const refused = (detail: string): ControlPlaneError => new ControlPlaneError('sample-refused', detail);

const endedEarly = (cause?: unknown): ControlPlaneError =>
  new ControlPlaneError('invalid-request', 'The body ended too early.', { cause });
