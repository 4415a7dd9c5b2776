/** Where figures of anchors lie in an output: part `p` of anchor `a` is `data[from + a * anchorStep + p * partStep]`. */
export interface Grid {
  readonly data: Float32Array;
  readonly from: number;
  readonly anchorStep: number;
  readonly partStep: number;
}

/** Writes an anchor's left, upper, right and lower edge, in pixels of the input, to `out[at]` and behind it. */
export type Corners = (anchor: number, out: Float64Array, at: number) => void;

/** A model's outputs, read in the way of one format. An anchor is whatever has one box: a cell, a prior, a query, a row. */
export interface Head {
  readonly anchors: number;
  /** Four parts, in whatever way the format has them. */
  readonly boxes: Grid;
  readonly corners: Corners;
  /** A part per label; one alone where `labels` says of which. */
  readonly scores: Grid;
  /** The part of `scores` that stands for no label, -1 or behind the last. */
  readonly background?: number;
  /** One part, which every score is multiplied with. */
  readonly objectness?: Grid;
  /** One part: the number of the label that the model itself has chosen … */
  readonly labels?: Grid;
  /** … and the number that the first label has. */
  readonly firstLabel?: number;
}

/** `[1, N, width]` or `[N, width]`: anchor by anchor, from the column on. */
export const rows = (data: Float32Array, width: number, column = 0): Grid => ({
  data,
  from: column,
  anchorStep: width,
  partStep: 1,
});

/** `[1, width, N]`: part by part, from the row on. */
export const columns = (data: Float32Array, anchors: number, row = 0): Grid => ({
  data,
  from: row * anchors,
  anchorStep: 1,
  partStep: anchors,
});
