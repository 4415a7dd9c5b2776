import type { GraphNode } from '../graph-node.js';
import type { Dimension } from '../value-info.js';
import type { Dims } from './dimensions.js';

/** How a convolution or pooling moves over its spatial axes; lists are as long as there are axes. */
export interface Windows {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** All begins, then all ends; `undefined` when `auto_pad` decides by the input's lengths. */
  readonly pads: readonly number[] | undefined;
  readonly autoPad: string;
}

export function windowsOf(node: GraphNode, kernel: readonly number[]): Windows {
  const ones = kernel.map(() => 1);
  const autoPad = node.string('auto_pad', 'NOTSET');
  const zeros = [...kernel, ...kernel].map(() => 0);
  return {
    kernel,
    strides: node.ints('strides', ones),
    dilations: node.ints('dilations', ones),
    pads: autoPad === 'NOTSET' ? node.ints('pads', zeros) : autoPad === 'VALID' ? zeros : undefined,
    autoPad,
  };
}

/** Spatial lengths after a convolution or pooling (ONNX operators Conv, MaxPool, AveragePool). */
export function slide(spatial: Dims, windows: Windows, ceil = false): Dimension[] {
  const axes = spatial.length;
  return spatial.map((length, axis) => {
    if (typeof length !== 'number') return null;
    const { kernel, strides, dilations, pads } = windows;
    const stride = strides[axis] ?? 1;
    if (pads === undefined) return Math.ceil(length / stride);
    const reach = (dilations[axis] ?? 1) * ((kernel[axis] ?? 1) - 1) + 1;
    const padded = length + (pads[axis] ?? 0) + (pads[axis + axes] ?? 0);
    const steps = (padded - reach) / stride;
    if (!ceil) return Math.floor(steps) + 1;
    // A last window that would start in the padding behind the input does not count.
    const last = Math.ceil(steps);
    return last * stride >= length + (pads[axis] ?? 0) ? last : last + 1;
  });
}

/** Spatial lengths after ConvTranspose. */
export function unslide(spatial: Dims, windows: Windows, node: GraphNode): Dimension[] {
  const axes = spatial.length;
  const outputShape = node.ints('output_shape');
  const extra = node.ints('output_padding', []);
  return spatial.map((length, axis) => {
    const stated = outputShape?.[axis + outputShape.length - axes];
    if (stated !== undefined) return stated;
    if (typeof length !== 'number') return null;
    const { kernel, strides, dilations, pads } = windows;
    const stride = strides[axis] ?? 1;
    if (pads === undefined) return length * stride;
    const reach = (dilations[axis] ?? 1) * ((kernel[axis] ?? 1) - 1) + 1;
    return stride * (length - 1) + (extra[axis] ?? 0) + reach - (pads[axis] ?? 0) - (pads[axis + axes] ?? 0);
  });
}
