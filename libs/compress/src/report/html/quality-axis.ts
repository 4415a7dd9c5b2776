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

/** Accuracy on evaluation images, else on calibration images; else agreement; else the error of the outputs. */
export function qualityAxisOf({ variants }: CompressReport): QualityAxis {
  const share = (title: string, valueOf: QualityAxis['valueOf']): QualityAxis => ({
    title,
    valueOf,
    text: percentText,
    leastSpan: 0.02,
    higherIsBetter: true,
  });
  const axes = [
    share('accuracy on evaluation images', ({ evaluation }) => evaluation?.accuracy),
    share('accuracy on calibration images', ({ calibration }) => calibration?.accuracy),
    share('agreement with fp32', ({ evaluation }) => evaluation?.agreement),
    share('agreement with fp32, calibration images', ({ calibration }) => calibration?.agreement),
  ];
  const errors: QualityAxis = {
    title: 'output error',
    note: "The output error is the squared difference from fp32's outputs, over their variance.",
    valueOf: ({ calibration, synthetic }) => (calibration ?? synthetic)?.outputError,
    text: shortText,
    leastSpan: 1e-4,
    higherIsBetter: false,
  };
  return axes.find(({ valueOf }) => variants.every((variant) => valueOf(variant) !== undefined)) ?? errors;
}
