/** What the broker tells about its clients; whoever receives it counts and logs, within bounds. */
export interface BrokerReport {
  /** A client broke a rule: `what` is a small closed set for counters, `detail` is for the log. */
  refused(what: 'connection' | 'publish' | 'subscribe', who: string, detail: string): void;
  /** Something outside of the clients' power failed. */
  fault(detail: string, cause: unknown): void;
}
