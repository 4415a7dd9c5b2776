import type { ConfigReport, DeviceCondition, ModelReport } from '@hamon/contracts';
import type { ControlLink } from './control-link.js';
import type { BenchmarkStatus } from './core/benchmark-status.js';
import { assignedModels, earliestModel, type DeviceState } from './core/device-state.js';
import type { DataPlane } from './data-plane.js';
import type { SourceState } from './data/sources/frame-source.js';
import type { StreamStatus } from './data/streams/streams.js';
import type { RouterCounters } from './data/router-counters.js';
import type { MachineFigures } from './machine/machine-totals.js';
import type { Role } from './runner/model-processes.js';
import type { Device } from './start/make-device.js';
import { samplesStatus, type SamplesStatus } from './samples/samples-status.js';
import type { Work } from './start/open-work.js';

/** Process ids of the children by the slot that they serve. */
type Workers = Readonly<Record<Role, number | null>>;

/** One model in the status. */
export interface ModelStatus extends Omit<ModelReport, 'proof'> {
  readonly workers?: Workers;
  readonly frames?: RouterCounters;
}

/** What it says of one model, at the top for the first one of the device. */
type FirstModel = Pick<ModelStatus, 'slots' | 'deployment' | 'rejection' | 'highestSequence' | 'workers'>;

/** A stream and how its source is. */
interface ShownStream extends Pick<StreamStatus, 'name' | 'model'> {
  readonly source?: SourceState;
}

/** `hamon.agent-status/1`: what `GET /v1/status` and `hamon-agent status` show. */
export interface AgentStatus extends FirstModel {
  readonly schema: 'hamon.agent-status/1';
  readonly fleet: string;
  readonly device: string;
  /** Absent where the agent does not run and the status was read from its files. */
  readonly pid?: number;
  readonly connected: boolean;
  /** Why the server shut this device out for good: it was retired, or other hardware has taken its place. */
  readonly shutOut?: string | null;
  /** By name. */
  readonly models: readonly ModelStatus[];
  readonly streams?: readonly ShownStream[];
  /** Of the manifest key that was pinned at enrolment; absent from an earlier agent. */
  readonly keyId?: string | undefined;
  /** What became of the newest configuration from the centre. */
  readonly configuration?: ConfigReport;
  /** Troubles that last. */
  readonly conditions?: readonly DeviceCondition[];
  /** The open one. */
  readonly benchmark: BenchmarkStatus | null;
  /** Over all models. */
  readonly frames?: RouterCounters;
  /** Absent from an earlier agent. */
  readonly machine?: MachineStatus;
  /** Pictures that are kept; likewise. */
  readonly samples?: SamplesStatus;
}

/** The machine as it is now, with sums since the agent's start; what cannot be read there is absent. */
interface MachineStatus {
  readonly cpuSeconds: number;
  readonly temperature?: number;
  readonly throttledBy?: readonly string[];
  readonly energy?: { readonly joules: number; readonly source: string; readonly estimated: boolean };
}

const NO_WORKERS: Workers = { current: null, previous: null, candidate: null };

export interface StatusParts {
  readonly device: Device;
  readonly link: ControlLink;
  readonly data: DataPlane;
  readonly work: Work;
}

export function agentStatus({ device, link, data, work }: StatusParts): AgentStatus {
  const { identity, keeper, counters, machine } = device;
  const { models, keyId, conditions = [], configuration } = link.reporter.current();
  const shown = shownModels(keeper.state, models).map((report) => {
    const frames = data.countersOf(report.model);
    return { ...report, workers: workersOf(work, report.model), ...(frames && { frames }) };
  });
  return {
    schema: 'hamon.agent-status/1',
    fleet: identity.fleet,
    device: identity.device,
    pid: process.pid,
    connected: link.connection.isConnected,
    shutOut: link.shutOut,
    ...firstOf(keeper.state, shown),
    models: shown,
    streams: data.streamStatus.map(({ name, model, source }) => ({ name, model, ...(source && { source }) })),
    keyId,
    ...(configuration && { configuration }),
    conditions,
    benchmark: work.benchmarks.status,
    frames: counters.read(),
    samples: samplesStatus(work.kept),
    machine: machineStatus(machine.figures),
  };
}

function machineStatus({ cpuSeconds, joules, source, isEstimate, heat }: MachineFigures): MachineStatus {
  const { temperature, slowedBy } = heat.reading;
  return {
    cpuSeconds,
    ...(temperature !== undefined && { temperature }),
    ...(slowedBy && { throttledBy: slowedBy }),
    ...(source !== null && { energy: { joules, source, estimated: isEstimate } }),
  };
}

/** Without those that were removed: nothing is to be seen of them but what the control plane needs. */
export function shownModels(
  state: DeviceState,
  models: readonly ModelReport[],
): Omit<ModelReport, 'proof'>[] {
  const assigned = new Set(assignedModels(state));
  return models
    .filter(({ model, rejection }) => assigned.has(model) || rejection !== null)
    .map(({ proof: _, ...report }) => report);
}

export function firstOf(state: DeviceState, models: readonly ModelStatus[]): FirstModel {
  const name = earliestModel(state);
  const first = models.find(({ model }) => model === name) ?? models[0];
  return {
    slots: first?.slots ?? NO_VERSIONS,
    deployment: first?.deployment ?? null,
    rejection: first?.rejection ?? null,
    highestSequence: first?.highestSequence ?? null,
    workers: first?.workers ?? NO_WORKERS,
  };
}

const NO_VERSIONS: ModelReport['slots'] = { current: null, previous: null, candidate: null };

function workersOf({ models }: Work, model: string): Workers {
  const processes = models.get(model)?.processes;
  const pid = (role: Role): number | null => processes?.get(role)?.host.pid ?? null;
  return { current: pid('current'), previous: pid('previous'), candidate: pid('candidate') };
}
