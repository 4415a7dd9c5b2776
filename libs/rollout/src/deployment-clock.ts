/** What deadlines are counted by. */
export interface DeploymentClock {
  readonly deploymentTimeoutSeconds: number;
  /** Nothing falls due: the rollout is paused, and devices are held. */
  readonly isStopped?: boolean;
  /** When the last pause ended: held time is nobody's failure, and the full time begins anew. */
  readonly resumedAt?: string | null;
}
