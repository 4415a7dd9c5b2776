import { connect } from 'node:net';

/** Why a TCP connection does not come about, as the system names it; `ETIMEDOUT` where nothing answers in time. */
export type ReachFault = string;

/** Undefined where somebody listens there. */
export function reach(
  host: string,
  port: number,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<ReachFault | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: timeoutMs });
    const settle = (fault?: ReachFault): void => {
      signal.removeEventListener('abort', give);
      socket.destroy();
      resolve(fault);
    };
    const give = (): void => settle('ABORTED');
    signal.addEventListener('abort', give, { once: true });
    socket.once('connect', () => settle());
    socket.once('timeout', () => settle('ETIMEDOUT'));
    socket.on('error', (error: NodeJS.ErrnoException) => settle(error.code ?? error.message));
    if (signal.aborted) give();
  });
}
