import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { ResultRecord } from '@hamon/contracts';
import { Aedes, type AedesPublishPacket } from 'aedes';

export const PART_TOPIC = 'line-1/part';
export const ANSWER_TOPIC = 'line-1/answer';

const PART_EVERY_MS = 250;

/** What became of the parts that came by. */
export interface PartCounts {
  readonly asked: number;
  /** Each once, by its correlation. */
  readonly answered: number;
  /** Of these, with what the model saw. */
  readonly seen: number;
}

/**
 * A plant's line: its own broker, and a controller that tells of each part as it comes by and waits for the answer that carries
 * the part's number.
 */
export class PlantLine {
  private readonly sockets = new Set<Socket>();
  private readonly waiting = new Map<string, (record: ResultRecord) => void>();
  private asked = 0;
  private answered = 0;
  private seen = 0;

  private constructor(
    private readonly broker: Aedes,
    private readonly server: Server,
  ) {
    server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
      broker.handle(socket);
    });
  }

  static async start(): Promise<PlantLine> {
    const broker = await Aedes.createBroker();
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const line = new PlantLine(broker, server);
    await new Promise<void>((resolve) =>
      broker.subscribe(
        ANSWER_TOPIC,
        (packet, done) => {
          line.take(packet);
          done();
        },
        resolve,
      ),
    );
    return line;
  }

  get url(): string {
    return `mqtt://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get counts(): PartCounts {
    const { asked, answered, seen } = this;
    return { asked, answered, seen };
  }

  /** Parts come by until the signal is aborted; settles when the last one has its answer. Rejects where a part has none. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.part();
      await delay(PART_EVERY_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await new Promise<void>((resolve) => this.broker.close(resolve));
  }

  private async part(): Promise<void> {
    // Before the gateway listens, nobody would answer.
    if (this.broker.connectedClients === 0) return;
    const correlation = randomUUID();
    const answer = new Promise<ResultRecord>((resolve) => this.waiting.set(correlation, resolve));
    this.asked += 1;
    await this.publish(PART_TOPIC, JSON.stringify({ correlation }));
    const late = delay(ANSWER_MS, undefined, { ref: false }).then(() => {
      throw new Error(`a part had no answer within ${ANSWER_MS / 1000} s`);
    });
    const { result } = await Promise.race([answer, late]).finally(() => this.waiting.delete(correlation));
    this.answered += 1;
    if (result) this.seen += 1;
  }

  private publish(topic: string, text: string): Promise<void> {
    const payload = Buffer.from(text);
    const packet = { cmd: 'publish', topic, payload, qos: 1, retain: false, dup: false } as const;
    return new Promise((resolve, reject) =>
      this.broker.publish(packet, (cause) => (cause ? reject(cause) : resolve())),
    );
  }

  private take({ payload }: AedesPublishPacket): void {
    const record = ResultRecord.parse(JSON.parse(payload.toString()));
    const { correlation } = record.trigger ?? {};
    if (correlation !== undefined) this.waiting.get(correlation)?.(record);
  }
}

/** Longer than a model takes to be replaced. */
const ANSWER_MS = 15_000;
