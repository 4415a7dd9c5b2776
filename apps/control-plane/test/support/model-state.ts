import type { GeneralJws, Manifest, ModelReport, RunningVersion } from '@hamon/contracts';

/** What a fake device remembers of one of its models. */
export interface ModelState {
  slots: ModelReport['slots'];
  highest: { sequence: number; proof: GeneralJws } | null;
  deployment: ModelReport['deployment'];
  rejection: ModelReport['rejection'];
  rejected: ModelReport['rejected'];
}

export const newModelState = (): ModelState => ({
  slots: { current: null, previous: null, candidate: null },
  ...{ highest: null, deployment: null, rejection: null, rejected: null },
});

export const modelReport = (model: string, { highest, ...state }: ModelState): ModelReport => ({
  model,
  ...state,
  highestSequence: highest?.sequence ?? null,
  proof: highest?.proof ?? null,
});

/** What a manifest puts into a slot. */
export const runningVersion = ({ model, version, variant, bundle, sequence }: Manifest): RunningVersion => ({
  model,
  version,
  variant,
  bundle: bundle.sha256,
  sequence,
});
