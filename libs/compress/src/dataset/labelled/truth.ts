/** A rectangle around one thing, in pixels of the image as it is looked at. */
export interface TrueBox {
  readonly label: string;
  /** Left and top edge. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Many things in one box (COCO's `iscrowd`): whatever is found in it is neither right nor wrong. */
  readonly crowd?: boolean;
}

/** One number for each pixel of an image, row by row. */
export interface IndexMap {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** What an image shows, as whoever labelled it says. */
export type Truth =
  | { readonly kind: 'label'; readonly label: string }
  | { readonly kind: 'boxes'; readonly boxes: readonly TrueBox[] }
  /** Index of a label for each pixel of the image. */
  | { readonly kind: 'mask'; readonly mask: IndexMap }
  /** Pixels other than 0 of the mask are anomalous; without one, nobody marked where. */
  | { readonly kind: 'anomaly'; readonly anomalous: boolean; readonly mask?: IndexMap }
  | { readonly kind: 'values'; readonly values: Readonly<Record<string, number>> };

export type TruthKind = Truth['kind'];
