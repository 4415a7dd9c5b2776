import type { OnnxErrorCode } from '@hamon/onnx';
import type { CompressOptions, CompressProgress } from '../compress-options.js';
import type { CompressErrorCode } from '../errors.js';

/** What the parent says, once. */
export interface CompressOrder {
  readonly options: CompressOptions;
}

/** What the child says: how far it is, and at last how it ended. The result itself lies in the folder that was named. */
export type CompressMessage =
  | { readonly kind: 'progress'; readonly progress: CompressProgress }
  | { readonly kind: 'done' }
  | {
      readonly kind: 'refused';
      readonly code: CompressErrorCode | OnnxErrorCode | 'disk-full';
      readonly message: string;
    }
  | { readonly kind: 'broken'; readonly stack: string };
