export type Activation = 'none' | 'sigmoid' | 'softmax';

/** In place. Softmax subtracts the maximum first, so that large scores do not overflow. */
export function activate(values: Float32Array, activation: Activation): void {
  if (activation === 'sigmoid') {
    for (let i = 0; i < values.length; i += 1) values[i] = 1 / (1 + Math.exp(-(values[i] as number)));
  } else if (activation === 'softmax') {
    let max = -Infinity;
    for (const value of values) max = Math.max(max, value);
    let sum = 0;
    for (let i = 0; i < values.length; i += 1) {
      const power = Math.exp((values[i] as number) - max);
      values[i] = power;
      sum += power;
    }
    for (let i = 0; i < values.length; i += 1) values[i] = (values[i] as number) / sum;
  }
}
