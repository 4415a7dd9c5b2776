import { get } from 'sparkplug-payload';

const tahu = get('spBv1.0');

type Metrics = Readonly<Record<string, unknown>>;

/** As much of a host application as follows one edge node, by the rules of Sparkplug 3.0.0; what breaks them throws. */
export class SparkplugHost {
  isAlive = false;
  /** The numbers of the connections that were born. */
  readonly births: number[] = [];
  /** Message types in their order. */
  readonly seen: string[] = [];
  private seq = 0;
  private bdSeq: number | undefined;
  private readonly devices = new Map<string, Metrics>();

  /** Deaths that belong to another birth, told late. */
  oldDeaths = 0;

  receive({ topic, payload }: { readonly topic: string; readonly payload: Uint8Array }): void {
    const [, , type = '', , device] = topic.split('/');
    const { seq, metrics } = decoded(payload);
    this.seen.push(type);
    if (type === 'NDEATH') {
      this.die(metrics);
      return;
    }
    if (type === 'NBIRTH') this.beBorn(seq, metrics);
    else this.follow(seq);
    if (device === undefined) return;
    if (type === 'DBIRTH') this.devices.set(device, metrics);
    else if (type === 'DDEATH') this.bury(device);
    else this.take(device, metrics);
  }

  metricsOf(device: string): Metrics | undefined {
    return this.devices.get(device);
  }

  private beBorn(seq: number | undefined, metrics: Metrics): void {
    if (seq !== 0) throw new Error(`a birth begins with seq ${seq}`);
    if (metrics['Node Control/Rebirth'] !== false) throw new Error('a birth without Node Control/Rebirth');
    this.seq = 0;
    this.bdSeq = metrics['bdSeq'] as number;
    if (this.bdSeq !== this.births.at(-1)) this.births.push(this.bdSeq);
    this.isAlive = true;
    this.devices.clear();
  }

  private follow(seq: number | undefined): void {
    if (!this.isAlive) throw new Error('data before a birth, or after a death');
    this.seq = (this.seq + 1) % 256;
    if (seq !== this.seq) throw new Error(`seq ${seq} where ${this.seq} follows`);
  }

  private take(device: string, metrics: Metrics): void {
    const known = this.devices.get(device);
    if (!known) throw new Error(`data of ${device} before its birth`);
    for (const name of Object.keys(metrics)) if (!(name in known)) throw new Error(`${name} is unknown`);
    this.devices.set(device, { ...known, ...metrics });
  }

  private bury(device: string): void {
    if (!this.devices.delete(device)) throw new Error(`a death of ${device} before its birth`);
  }

  private die(metrics: Metrics): void {
    if (metrics['bdSeq'] === this.bdSeq) this.isAlive = false;
    else this.oldDeaths += 1;
  }
}

function decoded(payload: Uint8Array): { readonly seq: number | undefined; readonly metrics: Metrics } {
  if (!tahu) throw new Error('no spBv1.0');
  const { seq, metrics } = tahu.decodePayload(payload);
  const plain = (value: unknown): unknown =>
    typeof value === 'object' && value !== null && 'toNumber' in value
      ? (value as { toNumber(): number }).toNumber()
      : value;
  return {
    seq: plain(seq) as number | undefined,
    metrics: Object.fromEntries((metrics ?? []).map(({ name, value }) => [name ?? '', plain(value)])),
  };
}
