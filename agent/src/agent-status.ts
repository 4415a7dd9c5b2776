import type { DeviceCondition, ReportedState } from '@hamon/contracts';
import type { Identity } from './adapters/identity.js';
import type { ControlLink } from './control-link.js';
import type { BenchmarkStatus } from './core/benchmark-status.js';
import type { DeviceState } from './core/device-state.js';
import type { RouterCounters } from './data/router-counters.js';
import type { ModelProcesses } from './runner/model-processes.js';

/** `hamon.agent-status/1`: what `GET /v1/status` and `hamon-agent status` show. */
export interface AgentStatus {
  readonly schema: 'hamon.agent-status/1';
  readonly fleet: string;
  readonly device: string;
  /** Absent where the agent does not run and the status was read from its files. */
  readonly pid?: number;
  readonly connected: boolean;
  /** Why the server shut this device out for good: it was retired, or other hardware has taken its place. */
  readonly shutOut?: string | null;
  readonly slots: ReportedState['slots'];
  readonly deployment: ReportedState['deployment'];
  readonly rejection: ReportedState['rejection'];
  /** Of the manifest key that was pinned at enrolment; absent from an earlier agent. */
  readonly keyId?: string | undefined;
  /** Troubles that last. */
  readonly conditions?: readonly DeviceCondition[];
  /** The open one. */
  readonly benchmark: BenchmarkStatus | null;
  readonly highestSequence: number | null;
  readonly frames?: RouterCounters;
  /** Process ids of the loaded models' children. */
  readonly workers?: Readonly<Record<'current' | 'previous' | 'candidate', number | null>>;
}

export function agentStatus(
  { fleet, device }: Identity,
  state: DeviceState,
  link: ControlLink,
  processes: ModelProcesses,
  frames: RouterCounters,
  benchmark: BenchmarkStatus | null,
): AgentStatus {
  const { slots, deployment, rejection, keyId, conditions = [] } = link.reporter.current();
  const pid = (role: 'current' | 'previous' | 'candidate'): number | null =>
    processes.get(role)?.host.pid ?? null;
  return {
    schema: 'hamon.agent-status/1',
    fleet,
    device,
    pid: process.pid,
    connected: link.connection.isConnected,
    shutOut: link.shutOut,
    slots,
    deployment,
    rejection,
    keyId,
    conditions,
    benchmark,
    highestSequence: state.accepted?.sequence ?? null,
    frames,
    workers: { current: pid('current'), previous: pid('previous'), candidate: pid('candidate') },
  };
}
