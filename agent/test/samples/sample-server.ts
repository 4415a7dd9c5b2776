import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { digestOf } from '@hamon/content';
import { decodeSample, type SampleMeta, type SampleUploadPolicy } from '@hamon/contracts';

/** The control plane's part in samples, as far as a device sees it, over real HTTP; its behaviour changes on the way. */
export class SampleServer {
  policy: Partial<SampleUploadPolicy> | number = { upload: true, maxBytesPerDeviceDay: 1e9 };
  /** Answers instead of taking it. */
  instead: (meta: SampleMeta, response: ServerResponse) => boolean = () => false;
  readonly taken: { readonly meta: SampleMeta; readonly picture: Uint8Array }[] = [];
  asked = 0;
  puts = 0;
  private readonly server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => this.answer(request.url ?? '', Buffer.concat(pieces), response));
  });

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private answer(url: string, body: Buffer, response: ServerResponse): void {
    if (url === '/v1/samples/policy') {
      this.asked += 1;
      if (typeof this.policy === 'number') response.writeHead(this.policy).end();
      else response.end(JSON.stringify({ schema: 'hamon.sample-policy/1', ...this.policy }));
      return;
    }
    this.puts += 1;
    const sample = decodeSample(body);
    if (!sample.ok || url !== `/v1/samples/${digestOf(sample.value.picture)}`) {
      response.writeHead(400).end();
      return;
    }
    if (this.instead(sample.value.meta, response)) return;
    this.taken.push(sample.value);
    response.writeHead(201).end('{}');
  }
}
