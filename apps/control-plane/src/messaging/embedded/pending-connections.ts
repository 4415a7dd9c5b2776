import { networkOf } from './network-of.js';

/**
 * Connections that are not authenticated yet: a bounded number. When it is full, the network with the most silent
 * ones loses the one that has been silent longest, so that no host keeps others out by connections on which it sends
 * nothing. A connection that has sent its CONNECT stays: it is about to be answered.
 */
export class PendingConnections<C extends object> {
  private readonly networks = new Map<C, string>();
  /** By network, in the order of arrival. */
  private readonly silent = new Map<string, Set<C>>();

  constructor(private readonly places: number) {}

  get size(): number {
    return this.networks.size;
  }

  /** Answers which connection has to go for it: another one, the newcomer itself, or none. */
  enter(newcomer: C, address: string): C | undefined {
    const leaving = this.networks.size < this.places ? undefined : (this.longestSilent() ?? newcomer);
    if (leaving !== undefined) this.leave(leaving);
    if (leaving === newcomer) return newcomer;
    const network = networkOf(address);
    this.networks.set(newcomer, network);
    this.silent.set(network, (this.silent.get(network) ?? new Set()).add(newcomer));
    return leaving;
  }

  /** Its CONNECT arrived. */
  heard(connection: C): void {
    const network = this.networks.get(connection);
    if (network === undefined) return;
    const silent = this.silent.get(network);
    silent?.delete(connection);
    if (silent?.size === 0) this.silent.delete(network);
  }

  /** It is authenticated, or gone. */
  leave(connection: C): void {
    this.heard(connection);
    this.networks.delete(connection);
  }

  private longestSilent(): C | undefined {
    let most: ReadonlySet<C> = new Set<C>();
    for (const silent of this.silent.values()) if (silent.size > most.size) most = silent;
    const [first] = most;
    return first;
  }
}
