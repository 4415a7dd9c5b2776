import type { DeviceCondition } from '@hamon/contracts';
import { agentStatus, type ModelStatus, type StatusParts } from './agent-status.js';
import { AGENT_VERSION } from './agent-version.js';
import type { RecentAnswers, StreamAnswers } from './data/overview/recent-answers.js';
import type { StreamStatus } from './data/streams/streams.js';

interface OverviewModel {
  readonly model: string;
  /** `NAME@VERSION` by slot; null where there is none. */
  readonly current: string | null;
  readonly candidate: string | null;
  readonly variant: string | null;
  /** What its deployment is doing, in one word. */
  readonly phase: string | null;
}

interface OverviewStream extends StreamAnswers {
  readonly name: string;
  readonly model: string | null;
  readonly version: string | null;
  readonly source: string;
  readonly state: 'opening' | 'running' | 'failing' | 'waiting';
  readonly detail?: string;
  readonly size?: string;
}

/** `hamon.overview/1`: what the page of the local HTTP shows. */
export interface Overview {
  readonly schema: 'hamon.overview/1';
  readonly fleet: string;
  readonly device: string;
  readonly agent: string;
  readonly at: string;
  readonly connected: boolean;
  readonly models: readonly OverviewModel[];
  readonly streams: readonly OverviewStream[];
  readonly defects: RecentAnswers['defects'];
  readonly conditions: readonly DeviceCondition[];
}

export function overviewOf(parts: StatusParts): Overview {
  const { data, device } = parts;
  const { fleet, device: id, connected, models, conditions = [] } = agentStatus(parts);
  return {
    schema: 'hamon.overview/1',
    ...{ fleet, device: id, agent: AGENT_VERSION, at: device.now().toISOString(), connected },
    models: models.map(modelOf),
    streams: data.streamStatus.map((stream) => streamOf(stream, models, data.recent)),
    defects: data.recent.defects,
    conditions,
  };
}

const modelOf = ({ model, slots, deployment }: ModelStatus): OverviewModel => ({
  model,
  current: slots.current?.version ?? null,
  candidate: slots.candidate?.version ?? null,
  variant: slots.current?.variant ?? null,
  phase: deployment?.state ?? null,
});

function streamOf(
  { name, model, config, source }: StreamStatus,
  models: readonly ModelStatus[],
  recent: RecentAnswers,
): OverviewStream {
  const { state = 'waiting', detail, width, height } = source ?? {};
  const serving = models.find((shown) => shown.model === model);
  return {
    ...{ name, model, version: serving?.slots.current?.version ?? null },
    source: config.from ? `answers of ${config.from.stream}` : config.source.kind,
    state,
    ...(detail !== undefined && { detail }),
    ...(width !== undefined && height !== undefined && { size: `${width}×${height}` }),
    ...recent.stream(name),
  };
}
