import { once } from 'node:events';
import { createServer } from 'node:net';

/** `wanted` where nobody listens there, else any free port of the loopback address. */
export async function freePort(wanted: number): Promise<number> {
  return (wanted > 0 && (await listenOnce(wanted))) || must(await listenOnce(0));
}

async function listenOnce(port: number): Promise<number | undefined> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  } catch (cause) {
    // Taken, or one that we may not use.
    if (['EADDRINUSE', 'EACCES'].includes(String((cause as NodeJS.ErrnoException).code))) return undefined;
    throw cause;
  }
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : undefined;
}

function must(port: number | undefined): number {
  if (port === undefined) throw new Error('no free port on 127.0.0.1');
  return port;
}
