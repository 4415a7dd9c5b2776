import { execFile } from 'node:child_process';
import { printable } from '@hamon/contracts';

export interface ServiceManagerOptions {
  /** What systemd says to this service is taken out of it: no child must speak for the service. */
  readonly environment: NodeJS.ProcessEnv;
  /** A message did not get through; told once for each run of failures. */
  readonly onTrouble: (why: string) => void;
}

/** systemd's own, since Node.js cannot send to a datagram socket of the file system, and a native module would be one more. */
const PROGRAM = 'systemd-notify';
const SEND_LIMIT_MS = 5000;
const MAX_STATUS = 200;
/** Without a watchdog: twice as long as until it is said again that the service is ready. */
const READY_AGAIN_MS = 20_000;

/**
 * Tells systemd how this service is (sd_notify(3)); says nothing where systemd did not start it. The watchdog is fed by a
 * timer of the main loop: a loop that hangs feeds it no longer, and systemd starts the service anew.
 */
export class ServiceManager {
  private readonly socket: string | undefined;
  private readonly watchdogMs: number | undefined;
  private feeding: NodeJS.Timeout | undefined;
  private sending = false;
  private failing = false;

  constructor(private readonly options: ServiceManagerOptions) {
    const { environment } = options;
    const { NOTIFY_SOCKET: socket, WATCHDOG_USEC: usec, WATCHDOG_PID: pid } = environment;
    this.socket = socket === '' ? undefined : socket;
    this.watchdogMs = watchdogMs(usec, pid);
    for (const name of ['NOTIFY_SOCKET', 'WATCHDOG_USEC', 'WATCHDOG_PID']) {
      Reflect.deleteProperty(environment, name);
    }
  }

  /**
   * The service does its work from now on.
   *
   * @param status one line for `systemctl status`, asked for with each message
   */
  async ready(status: () => string): Promise<void> {
    if (this.socket === undefined) return;
    let isKnown = await this.send(['READY=1', statusOf(status())]);
    const isDone = (): boolean => isKnown && this.watchdogMs === undefined;
    const feed = async (): Promise<void> => {
      // One that is still on its way must not be joined by others: they would pile up where systemd is stuck.
      if (this.sending) return;
      const food = this.watchdogMs === undefined ? [] : ['WATCHDOG=1'];
      // systemd would end a service that it never heard to be ready, however well it works.
      const first = isKnown ? [] : ['READY=1'];
      isKnown = (await this.send([...first, ...food, statusOf(status())])) || isKnown;
      if (isDone()) clearInterval(this.feeding);
    };
    if (isDone()) return;
    // systemd's advice: twice as often as it has to be.
    this.feeding = setInterval(() => void feed(), (this.watchdogMs ?? READY_AGAIN_MS) / 2).unref();
  }

  async stopping(): Promise<void> {
    clearInterval(this.feeding);
    await this.send(['STOPPING=1']);
  }

  /** Each message by a child that lives for some milliseconds, and waits until systemd has seen whose it is. */
  private async send(assignments: readonly string[]): Promise<boolean> {
    const { socket } = this;
    if (socket === undefined) return false;
    this.sending = true;
    const env = { PATH: process.env['PATH'], NOTIFY_SOCKET: socket };
    const failure = await new Promise<Error | null>((resolve) => {
      execFile(PROGRAM, assignments, { env, timeout: SEND_LIMIT_MS, killSignal: 'SIGKILL' }, resolve);
    });
    this.sending = false;
    if (failure && !this.failing) {
      const what = assignments[0] ?? '';
      this.options.onTrouble(`${PROGRAM} could not tell systemd ${what}: ${failure.message.trim()}`);
    }
    this.failing = failure !== null;
    return failure === null;
  }
}

/** sd_watchdog_enabled(3): of this process, or of none in particular. */
function watchdogMs(usec: string | undefined, pid: string | undefined): number | undefined {
  if (usec === undefined || (pid !== undefined && Number(pid) !== process.pid)) return undefined;
  const ms = Number(usec) / 1000;
  return Number.isFinite(ms) && ms > 0 ? ms : undefined;
}

const statusOf = (text: string): string => `STATUS=${printable(text).slice(0, MAX_STATUS)}`;
