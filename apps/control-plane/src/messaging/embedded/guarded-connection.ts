import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { PacketGuard } from './packet-guard.js';

/** A peer broke a rule of the transport; the connection is gone. */
export class ConnectionViolation extends Error {
  override readonly name = 'ConnectionViolation';
}

/**
 * A socket with a guard before the broker's parser: bytes of an oversized packet never reach the parser, and a client
 * that is not authenticated yet is read only up to its CONNECT, so that each stranger costs one small packet of memory.
 */
export class GuardedConnection extends Duplex {
  readonly remoteAddress: string;
  private readonly socket: Socket;
  private readonly guard = new PacketGuard();
  private isAdmitted = false;
  private held: Buffer = Buffer.alloc(0);

  constructor(socket: Socket) {
    super({ allowHalfOpen: false });
    this.socket = socket;
    this.remoteAddress = socket.remoteAddress ?? 'unknown';
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.receive(chunk));
    socket.on('end', () => this.push(null));
    socket.on('error', (error) => this.destroy(error));
    socket.on('close', () => this.destroy());
  }

  get admitted(): boolean {
    return this.isAdmitted;
  }

  /** The client is authenticated: read on. Emits `admitted`. */
  admit(): void {
    this.guard.admit();
    this.isAdmitted = true;
    this.emit('admitted');
    const held = this.held;
    this.held = Buffer.alloc(0);
    if (held.length > 0) this.receive(held);
    else this.socket.resume();
  }

  private receive(chunk: Buffer): void {
    if (this.destroyed) return;
    // While something is held the socket is paused; what still arrives comes after it.
    if (this.held.length > 0) {
      this.held = Buffer.concat([this.held, chunk]);
      return;
    }
    const seen = this.guard.inspect(chunk);
    if (seen.kind === 'violation') {
      this.destroy(new ConnectionViolation(seen.rule));
      return;
    }
    const wantsMore = seen.bytes === 0 || this.push(chunk.subarray(0, seen.bytes));
    if (seen.bytes < chunk.length) this.held = chunk.subarray(seen.bytes);
    if (!wantsMore || this.held.length > 0) this.socket.pause();
    else this.socket.resume();
  }

  override _read(): void {
    if (this.held.length === 0) this.socket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.socket.write(chunk, done);
  }

  override _writev(
    chunks: { chunk: Buffer; encoding: BufferEncoding }[],
    done: (error?: Error | null) => void,
  ): void {
    this.socket.cork();
    chunks.forEach(({ chunk }, i) => {
      if (i < chunks.length - 1) this.socket.write(chunk);
      else this.socket.write(chunk, done);
    });
    this.socket.uncork();
  }

  override _final(done: (error?: Error | null) => void): void {
    this.socket.end(done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.socket.destroy();
    done(error);
  }
}
