import type { Readable } from 'node:stream';
import { ControlPlaneError } from '../errors.js';

export interface BodyLimits {
  readonly maxBytes: number;
  /** A slower sender holds up those who wait behind it. */
  readonly withinMs: number;
}

/** A streamed body as bytes, refused once it exceeds a limit. The connection is left open for the refusal. */
export function readBody(body: Readable, { maxBytes, withinMs }: BodyLimits): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let length = 0;
    const take = (part: Buffer): void => {
      length += part.length;
      if (length <= maxBytes) parts.push(part);
      else refuse(new ControlPlaneError('payload-too-large', `The body exceeds ${maxBytes} bytes.`));
    };
    const refuse = (error: Error): void => {
      clearTimeout(timer);
      body.off('data', take);
      parts.length = 0;
      reject(error);
    };
    const timer = setTimeout(
      () =>
        refuse(new ControlPlaneError('request-timeout', `The body took longer than ${withinMs / 1000} s.`)),
      withinMs,
    );
    body.on('data', take);
    body.once('end', () => {
      clearTimeout(timer);
      resolve(Buffer.concat(parts, length));
    });
    body.once('error', refuse);
    body.once('close', () => refuse(new ControlPlaneError('invalid-request', 'The body ended too early.')));
  });
}
