/** What to compress and where to put it. */
export interface CompressOptions {
  /** A bundle folder, or an ONNX file alone. */
  readonly source: string;
  /** Folder to be made: a bundle that can be pushed, with `report.json` and `report.html`. */
  readonly out: string;
  /** The recipe, not yet checked: an object with the keys of `Recipe`. */
  readonly recipe: unknown;
  /**
   * Folder of images to calibrate with and, with a quarter of them that is kept out of that, to choose by; class subfolders
   * give labels.
   */
  readonly calibration?: string | undefined;
  /** Folder of images to report on. */
  readonly evaluate?: string | undefined;
}

/** How far a run is; phases follow one another in this order. */
export interface CompressProgress {
  readonly phase: 'open' | 'build' | 'evaluate' | 'latency' | 'finish';
  /** What is being done, in words. */
  readonly text: string;
  readonly done: number;
  readonly total: number;
}
