/** What people say is right about one image; a task needs one of the parts. */
export interface FrameTruth {
  readonly label?: string;
  readonly boxes?: readonly TrueBox[];
  /** Index into the labels that the mask's source names, by pixel of the frame. */
  readonly mask?: LabelMask;
  readonly anomalous?: boolean;
  /** 1 where a pixel is anomalous. */
  readonly anomalyMask?: LabelMask;
  /** By name, in the units that the bundle states. */
  readonly values?: Readonly<Record<string, number>>;
}

/** In pixels of the frame. */
export interface TrueBox {
  readonly label: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Stands for many of a kind; a detection within is neither right nor wrong (COCO's `iscrowd`). */
  readonly isCrowd?: boolean;
  /** In pixels, where it is not the box's own. */
  readonly area?: number;
}

export interface LabelMask {
  readonly width: number;
  readonly height: number;
  /** Row by row. */
  readonly labels: Uint8Array | Uint16Array;
}
