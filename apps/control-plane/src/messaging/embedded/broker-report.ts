/** What the broker tells about its clients; the receiver counts and logs it, within bounds. */
export interface BrokerReport {
  /** A client broke a rule: `what` is a small closed set for counters, `detail` is for the log. */
  refused(what: 'connection' | 'publish' | 'subscribe', who: string, detail: string): void;
  /** A failure that no client caused. */
  fault(detail: string, cause: unknown): void;
}
