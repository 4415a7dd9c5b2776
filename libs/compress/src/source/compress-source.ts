import type { BundleDocument } from '@hamon/contracts';
import type { OnnxModel } from '@hamon/onnx';
import type { ModelPorts } from '@hamon/inference';
import type { Yardstick } from '../judge/yardstick.js';

/** The float model to begin with, in memory. */
export interface CompressSource {
  /** The ONNX file. */
  readonly file: string;
  /** The file's bytes; where its data lies in other files, the same model in one. */
  readonly bytes: Uint8Array;
  readonly model: OnnxModel;
  readonly ports: ModelPorts;
  readonly yardstick: Yardstick;
  /** Absent where the source is an ONNX file alone. */
  readonly bundle?: SourceBundle;
}

export interface SourceBundle {
  readonly dir: string;
  readonly document: BundleDocument;
}
