import { z } from 'zod';
import { Box, count, measure, PortName, share, Tolerance, total, type ExpectationProblem } from './fields.js';

export const AnomalySpec = z
  .strictObject({
    /** One number a frame. Without it the map's maximum counts. */
    score: PortName.exactOptional(),
    /** `[1, 1, H, W]` or `[1, H, W]`. */
    map: PortName.exactOptional(),
    /** In the model's own units: what normal frames have at least … */
    minimum: measure,
    /** … what the clearest anomalies have … */
    maximum: measure,
    /** … and from what on a frame is anomalous. */
    threshold: z
      .number({
        error: ({ input }) =>
          input === undefined
            ? "is missing: from what score on a frame is anomalous, in the model's own units"
            : undefined,
      })
      .refine(Number.isFinite, 'must be a finite number'),
  })
  .superRefine(({ score, map, minimum, maximum, threshold }, context) => {
    if (score === undefined && map === undefined) {
      context.addIssue({ code: 'custom', path: ['score'], message: 'name a score, a map, or both' });
    }
    if (!(minimum < threshold && threshold < maximum)) {
      const message = `must lie between minimum (${minimum}) and maximum (${maximum}), is ${threshold}`;
      context.addIssue({ code: 'custom', path: ['threshold'], message });
    }
  });
export type AnomalySpec = z.infer<typeof AnomalySpec>;

export const AnomalyAnswer = z.strictObject({
  /** 0 to 1, 0.5 at the threshold. */
  score: z.number(),
  isAnomalous: z.boolean(),
  /** Parts of the map at or above the threshold, the highest score first. */
  regions: z.array(z.strictObject({ score: z.number(), box: Box })),
});
export type AnomalyAnswer = z.infer<typeof AnomalyAnswer>;

export const AnomalyExpectation = z.strictObject({
  score: share,
  isAnomalous: z.boolean().exactOptional(),
  /** Largest allowed difference of the score. */
  tolerance: Tolerance,
});
export type AnomalyExpectation = z.infer<typeof AnomalyExpectation>;

export const anomalyExpectationProblems = (
  _spec: AnomalySpec,
  { score, isAnomalous, tolerance }: AnomalyExpectation,
): ExpectationProblem[] =>
  isAnomalous === undefined || score >= 0.5 === isAnomalous || Math.abs(score - 0.5) <= tolerance
    ? []
    : [{ path: ['isAnomalous'], message: `contradicts the score ${score}; 0.5 and above is anomalous` }];

/** Scores in equal bins over [0, 1]; the upper half is anomalous. */
export const ANOMALY_SCORE_BINS = 20;

export const AnomalySummary = z
  .strictObject({
    kind: z.literal('anomaly/1'),
    answers: count,
    anomalous: count,
    scores: z.array(count).length(ANOMALY_SCORE_BINS),
    regions: count,
  })
  .refine(
    ({ answers, anomalous, scores }) => Math.max(anomalous, total(scores)) <= answers,
    'anomalous and scores must not exceed the answers that they are about',
  );
export type AnomalySummary = z.infer<typeof AnomalySummary>;

const bin = z
  .int()
  .min(0)
  .max(ANOMALY_SCORE_BINS - 1);

export const AnomalyComparison = z
  .strictObject({
    kind: z.literal('anomaly/1'),
    frames: count,
    /** `[bin of the first version's score, bin of the second's, frames]`. */
    scores: z.array(z.tuple([bin, bin, z.int().min(1)])).max(ANOMALY_SCORE_BINS ** 2),
  })
  .refine(
    ({ frames, scores }) => scores.reduce((sum, [, , n]) => sum + n, 0) <= frames,
    'scores must not count more than the frames that both answered',
  );
export type AnomalyComparison = z.infer<typeof AnomalyComparison>;

export const AnomalyGate = z.strictObject({
  /** Cohen's kappa of the two versions' decisions below which they do different jobs … */
  minKappa: z.number().min(-1).max(1).default(0.3),
  /** … and, where hardly any frame is anomalous, rank correlation of their scores. */
  minRankCorrelation: z.number().min(-1).max(1).default(0.3),
});
