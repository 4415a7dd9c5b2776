import { join } from 'node:path';

/** Where everything is in the state folder. */
export class StatePaths {
  constructor(readonly folder: string) {}

  readonly in = (name: string): string => join(this.folder, name);

  get identity(): string {
    return this.in('identity.json');
  }

  /** Mode 0600: whoever reads it is the device. */
  get deviceKey(): string {
    return this.in('device-key.jwk');
  }

  get chunks(): string {
    return this.in('chunks');
  }

  get bundles(): string {
    return this.in('bundles');
  }

  /** What was asked of this device beside its deployments, and what it has answered. */
  get benchmarkRecord(): string {
    return this.in('benchmark.json');
  }

  /** Which orders beside benchmarks were obeyed. */
  get orderRecord(): string {
    return this.in('orders.json');
  }

  /** What the control plane configured, and what became of it. */
  get configRecord(): string {
    return this.in('configuration.json');
  }

  /** What relative paths of a configuration from the centre are relative to. */
  get shared(): string {
    return this.in('shared');
  }

  /** The last lines that the agent logged before it stopped in order. */
  get logTail(): string {
    return this.in('log-tail.jsonl');
  }

  /** Bundles that are only measured; never mistaken for a slot's. */
  get benchmarkBundles(): string {
    return join(this.folder, 'benchmark', 'bundles');
  }

  get benchmarkChunks(): string {
    return join(this.folder, 'benchmark', 'chunks');
  }

  /** Pictures that are kept. */
  get samples(): string {
    return this.in('samples');
  }

  get outbox(): string {
    return this.in('outbox');
  }

  get lock(): string {
    return this.in('lock');
  }

  /** Only while an agent runs: its process id and local address. */
  get running(): string {
    return this.in('agent.json');
  }
}
