import type { RolloutView, Verdict } from '@hamon/contracts';
import type { ModelCounters } from './counters.js';

export interface RolloutSummary {
  readonly version: string;
  readonly result: RolloutView['state'];
  readonly stages?: readonly { readonly devices: number; readonly verdict: Verdict }[];
  readonly reason?: string;
  readonly devicesTouched?: number;
}

export interface ModelFigures extends ModelCounters {
  /** Devices by the version that they run. */
  readonly final: Readonly<Record<string, number>>;
}

/** What `--json` prints last: `hamon.demo/1`. */
export interface DemoResult {
  readonly schema: 'hamon.demo/1';
  readonly ok: boolean;
  readonly devices: number;
  readonly seconds: number;
  /** Of the model that three versions are rolled out of, and so is `final`. */
  readonly rollouts: readonly RolloutSummary[];
  readonly final: Readonly<Record<string, number>>;
  /** Of all models, and so are the other counts. */
  readonly inferences: number;
  /** Accepted and left without exactly one result; frames that a source left out are only skipped. */
  readonly framesLost: number;
  readonly framesSkipped: number;
  readonly fallbacks: number;
  readonly models: Readonly<Record<string, ModelFigures>>;
}

/** Only stages that were judged: one that the ripple never reached has no verdict. */
export function summarise(rollout: RolloutView): RolloutSummary {
  const stages = rollout.stages.flatMap(({ devices, judgement }) =>
    judgement ? [{ devices, verdict: judgement.verdict }] : [],
  );
  const base = { version: rollout.version, result: rollout.state, stages };
  if (rollout.state === 'succeeded') return base;
  return { ...base, reason: rollout.reason, devicesTouched: rollout.devicesTouched };
}

/** A demo that broke off, in the same place on stdout, so that the last line says why. */
export const brokenOff = (reason: string): { schema: DemoResult['schema']; ok: false; reason: string } => ({
  schema: 'hamon.demo/1',
  ok: false,
  reason,
});

export interface Expected {
  readonly devices: number;
  readonly goodVersion: string;
  /** The model beside, and its only version. */
  readonly beside?: { readonly model: string; readonly version: string } | undefined;
}

type Promised = readonly (readonly [isKept: boolean, otherwise: string])[];

/** Everything that did not go as promised, in words; empty where nothing did. */
export function shortcomings(figures: Omit<DemoResult, 'ok' | 'schema'>, expected: Expected): string[] {
  const { final, framesLost, inferences, models } = figures;
  const promises: Promised = [
    ...rippled(figures.rollouts, expected),
    [final[expected.goodVersion] === expected.devices, 'not every device ended on the good version'],
    [framesLost === 0, `${framesLost} frames were lost`],
    [inferences > 0, 'no frame was answered'],
    ...Object.entries(models).map(
      ([model, { framesLost: lost }]) => [lost === 0, `${lost} frames of ${model} were lost`] as const,
    ),
    ...undisturbed(figures, expected),
  ];
  return promises.filter(([isKept]) => !isKept).map(([, otherwise]) => otherwise);
}

function rippled([first, second, third]: readonly RolloutSummary[], { devices }: Expected): Promised {
  const firstStage = third?.stages?.[0];
  return [
    [first?.result === 'succeeded', 'the first version was not rolled out everywhere'],
    [second?.result === 'succeeded', 'the good version did not succeed'],
    [
      second?.stages?.every(({ verdict }) => verdict === 'pass') === true,
      'a stage of the good version did not pass',
    ],
    [second?.stages?.at(-1)?.devices === devices, 'the good version did not reach every device'],
    [third?.result === 'rolled-back', 'the bad version was not rolled back'],
    [
      third?.stages?.length === 1 && firstStage?.verdict === 'fail',
      'the bad version did not fail at the first stage',
    ],
    [third?.devicesTouched === 1, 'the bad version touched more than one device'],
  ];
}

function undisturbed({ models }: Pick<DemoResult, 'models'>, { devices, beside }: Expected): Promised {
  if (!beside) return [];
  const figures = models[beside.model];
  return [
    [
      figures?.final[beside.version] === devices,
      `not every device runs ${beside.model}@${beside.version} beside it`,
    ],
    [(figures?.inferences ?? 0) > 0, `no frame of ${beside.model} was answered`],
  ];
}
