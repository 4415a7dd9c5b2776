import type { IncomingMessage } from 'node:http';

/** The whole body, or undefined as soon as it is known to be longer than allowed. */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) return undefined;
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    let length = 0;
    request.on('data', (piece: Buffer) => {
      length += piece.length;
      if (length <= maxBytes) {
        pieces.push(piece);
        return;
      }
      request.removeAllListeners('data');
      resolve(undefined);
    });
    request.on('end', () => resolve(Buffer.concat(pieces)));
    request.on('error', reject);
    request.on('close', () => reject(new Error('the client went away')));
  });
}
