import { headlineOf } from '../../measure/quality.js';
import type { CompressReport, VariantReport } from '../compress-report.js';
import { percentText, shortText } from './words.js';

/** The figure of quality that a report can show for every variant. */
export interface QualityAxis {
  readonly title: string;
  /** What the title does not say. */
  readonly note?: string;
  readonly valueOf: (variant: VariantReport) => number | undefined;
  readonly text: (value: number) => string;
  /** Least height of a diagram, so that noise does not fill it. */
  readonly leastSpan: number;
  readonly higherIsBetter: boolean;
}

/** The task's headline figure (accuracy, mAP50 …) on evaluation images, else on calibration images; else agreement; else the error of the outputs. */
export function qualityAxisOf({ variants }: CompressReport): QualityAxis {
  const share = (title: string, valueOf: QualityAxis['valueOf']): QualityAxis => ({
    title,
    valueOf,
    text: percentText,
    leastSpan: 0.02,
    higherIsBetter: true,
  });
  const metric = variants[0]?.evaluation?.quality?.metric ?? variants[0]?.calibration?.quality?.metric;
  const headline = metric ?? 'accuracy';
  const axes = [
    share(`${headline} on evaluation images`, ({ evaluation }) => headlineOf(evaluation)),
    share(`${headline} on calibration images`, ({ calibration }) => headlineOf(calibration)),
    share('agreement with fp32', ({ evaluation }) => evaluation?.agreement),
    share('agreement with fp32, calibration images', ({ calibration }) => calibration?.agreement),
  ];
  const errors: QualityAxis = {
    title: 'output error',
    note: "The output error is how far the outputs are from fp32's, by the measure of the model's task; of a model without one, the squared difference over their variance.",
    valueOf: ({ calibration, synthetic }) => (calibration ?? synthetic)?.outputError,
    text: shortText,
    leastSpan: 1e-4,
    higherIsBetter: false,
  };
  return axes.find(({ valueOf }) => variants.every((variant) => valueOf(variant) !== undefined)) ?? errors;
}
