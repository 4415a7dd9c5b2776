import type { ServerResponse } from 'node:http';
import type { Viewer } from './live-stream.js';

const BOUNDARY = 'hamon-picture';
/** A connection that takes nothing for so long is given up. */
const STUCK_MS = 30_000;

/** A browser that looks: `multipart/x-mixed-replace`, one JPEG a part. At most one picture waits for its connection. */
export class MjpegViewer implements Viewer {
  isBusy = false;
  private stuck: NodeJS.Timeout | undefined;

  /** @param onFree it can take the next picture */
  constructor(
    private readonly response: ServerResponse,
    private readonly onFree: () => void,
    private readonly stuckMs = STUCK_MS,
  ) {
    response.on('drain', () => this.free());
    response.on('close', () => clearTimeout(this.stuck));
    response.writeHead(200, {
      'content-type': `multipart/x-mixed-replace; boundary=${BOUNDARY}`,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
    });
    response.socket?.setKeepAlive(true, 30_000);
    response.write(`--${BOUNDARY}\r\n`);
  }

  show(jpeg: Uint8Array): void {
    const head = `content-type: image/jpeg\r\ncontent-length: ${jpeg.byteLength}\r\n\r\n`;
    // Browsers show a part when the next one begins: its boundary goes with it.
    const part = Buffer.concat([Buffer.from(head), jpeg, Buffer.from(`\r\n--${BOUNDARY}\r\n`)]);
    this.isBusy = !this.response.write(part);
    if (this.isBusy) this.stuck = setTimeout(() => this.response.destroy(), this.stuckMs);
  }

  end(): void {
    clearTimeout(this.stuck);
    // What it has not taken so far would keep the agent from ending.
    if (this.isBusy) this.response.destroy();
    else this.response.end();
  }

  private free(): void {
    clearTimeout(this.stuck);
    if (!this.isBusy) return;
    this.isBusy = false;
    this.onFree();
  }
}
