import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ResultRecord } from '@hamon/contracts';
import type { Logger } from 'pino';
import { childEnvironment } from '../../../adapters/child-environment.js';
import { LastLines } from '../../../adapters/last-lines.js';
import { backoffMs, type BackoffOptions } from '../../../core/backoff.js';
import { DroppedRecords, type DroppedRecordsOptions } from '../dropped-records.js';
import type { ResultSink } from '../result-sink.js';
import { Wakeup } from '../../wakeup.js';
import type { OpcuaNews, OpcuaOrder, ServeOrder } from './messages.js';
import { NewestValues } from './newest-values.js';
import { valuesOf } from './values-of.js';

export interface OpcuaSinkOptions extends DroppedRecordsOptions {
  /** What to serve; rejects with a sentence where a secret is missing. */
  readonly order: () => Promise<ServeOrder>;
  readonly log: Pick<Logger, 'debug' | 'info'>;
  readonly backoff?: BackoffOptions;
  /** Options of Node.js for the process. */
  readonly execArgv?: readonly string[];
}

const PROGRAM = fileURLToPath(new URL('opcua-process.js', import.meta.url));
const BACKOFF: BackoffOptions = { firstMs: 2000, maxMs: 60_000 };
const CLOSE_GRACE_MS = 3000;

/**
 * An OPC UA server that shows the newest answer of each stream. It is a process of its own: the package takes seconds and a
 * hundred megabytes to load, and what it does to itself does nothing to the frames.
 */
export class OpcuaSink implements ResultSink {
  readonly name = 'opcua';
  private readonly drops: DroppedRecords;
  private readonly values = new NewestValues();
  private readonly leaving = new AbortController();
  private readonly running: Promise<void>;
  private servedUrl: string | null = null;
  private childPid: number | null = null;

  constructor(private readonly options: OpcuaSinkOptions) {
    this.drops = new DroppedRecords(options);
    this.running = this.run();
  }

  get dropped(): number {
    return this.drops.count;
  }

  /** Of its process; null while there is none. */
  get pid(): number | null {
    return this.childPid;
  }

  /** Where clients find it; null while it does not serve. */
  get url(): string | null {
    return this.servedUrl;
  }

  expect(stream: string): void {
    this.values.expect(stream);
  }

  leave(stream: string): void {
    this.values.leave(stream);
  }

  write(record: ResultRecord): void {
    this.values.put(record.stream, (frames) => valuesOf(record, frames));
    if (this.servedUrl === null) this.drops.replace(1);
  }

  async close(): Promise<void> {
    this.leaving.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    const { backoff = BACKOFF } = this.options;
    const { signal } = this.leaving;
    for (let attempt = 0; !signal.aborted; attempt += 1) {
      const why = await this.serve(() => (attempt = 0)).catch((cause: unknown) => (cause as Error).message);
      if (signal.aborted) return;
      this.drops.add(0, `opcua: ${why}`);
      await new Wakeup().sleep(backoffMs(attempt, backoff, Math.random()), signal);
    }
  }

  /** One process from its beginning to its end; why it has ended. Rejects where it cannot be begun. */
  private async serve(onServing: () => void): Promise<string> {
    const order = await this.options.order();
    const child = this.spawn();
    this.childPid = child.pid ?? null;
    const said = this.listenTo(child);
    let why: string | undefined;
    child.on('message', (news: OpcuaNews) => {
      if (news.kind === 'failed') {
        why = news.detail;
        return;
      }
      this.servedUrl = news.url;
      this.options.log.info({ url: news.url }, 'OPC UA server ready');
      this.drops.recover();
      onServing();
      this.values.sendTo((sent, done) => send(child, sent, done));
    });
    send(child, order);
    await this.ended(child);
    this.values.stopSending();
    this.servedUrl = null;
    this.childPid = null;
    return why ?? `its server has ended: ${said.lines.at(-1) ?? `exit code ${child.exitCode}`}`;
  }

  private spawn(): ChildProcess {
    return fork(PROGRAM, [], {
      env: childEnvironment(),
      execArgv: [...(this.options.execArgv ?? [])],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
  }

  private listenTo(child: ChildProcess): LastLines {
    const said = new LastLines(5, (line) => this.options.log.debug({ line }, 'OPC UA server'));
    for (const output of [child.stdout, child.stderr]) {
      output?.setEncoding('utf8').on('data', (piece: string) => said.add(piece));
    }
    return said;
  }

  private async ended(child: ChildProcess): Promise<void> {
    const { signal } = this.leaving;
    let impatience: NodeJS.Timeout | undefined;
    // Without its channel it ends by itself, in order.
    const leave = (): void => {
      if (child.connected) child.disconnect();
      impatience = setTimeout(() => child.kill('SIGKILL'), CLOSE_GRACE_MS);
    };
    await new Promise<void>((resolve) => {
      child.on('error', () => resolve());
      // Not "close", which does not come once the channel was closed from here.
      child.on('exit', () => resolve());
      signal.addEventListener('abort', leave, { once: true });
      if (signal.aborted) leave();
    });
    clearTimeout(impatience);
    signal.removeEventListener('abort', leave);
  }
}

function send(child: ChildProcess, order: OpcuaOrder, done: () => void = () => undefined): void {
  // A channel that has closed is told of by the end of its process.
  if (child.connected) child.send(order, done);
}
