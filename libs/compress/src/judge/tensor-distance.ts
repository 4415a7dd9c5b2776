type Values = ArrayLike<number>;

const EPSILON = 1e-7;
/** A group of fewer values has no variance worth the name; the whole tensor is taken as one then. */
const LEAST_VALUES = 32;
/** Groups that hardly vary beside others (a label that never occurs) are held against this share of the largest variance. */
const LEAST_VARIANCE = 1e-9;

/**
 * How far one output of a model is from the original's over many samples; 0 is equal. Class probabilities are compared by
 * their mean Kullback-Leibler divergence in nats, other outputs by the squared error relative to their own variance. In
 * outputs of three axes and more, that is the mean over the slices of the shortest axis, each counting 1 at most: channels
 * of a detector hold pixels and scores, and an error that ruins the scores is nothing beside the variance of the pixels.
 */
export class TensorDistance {
  private divergence = 0;
  private samples = 0;
  private areDistributions = true;
  private isBroken = false;
  private groups: Groups | undefined;

  add(dims: readonly number[], original: Values, values: Values): void {
    this.samples += 1;
    if (values.length !== original.length || !areFinite(values)) this.isBroken = true;
    if (this.isBroken) return;
    this.areDistributions &&= isDistribution(original);
    if (this.areDistributions) this.divergence += divergenceOf(original, values);
    this.groups ??= new Groups(dims);
    this.groups.add(original, values);
  }

  get distance(): number {
    if (this.isBroken) return Infinity;
    if (this.samples === 0 || this.groups === undefined) return 0;
    return this.areDistributions ? Math.max(0, this.divergence / this.samples) : this.groups.relativeError;
  }
}

export function isDistribution(values: Values): boolean {
  let sum = 0;
  for (let at = 0; at < values.length; at += 1) {
    const value = values[at] as number;
    if (!(value >= 0)) return false;
    sum += value;
  }
  return values.length > 1 && Math.abs(sum - 1) < 1e-3;
}

function divergenceOf(original: Values, values: Values): number {
  let sum = 0;
  for (let at = 0; at < original.length; at += 1) {
    const p = original[at] as number;
    if (p > 0) sum += p * Math.log(p / Math.max(values[at] as number, EPSILON));
  }
  return sum;
}

/** Sums of each slice along one axis. */
class Groups {
  private readonly count: number;
  private readonly stride: number;
  private readonly sums: Float64Array;
  private readonly squares: Float64Array;
  private readonly errors: Float64Array;
  private values = 0;

  constructor(dims: readonly number[]) {
    const axis = groupAxis(dims);
    this.count = axis === undefined ? 1 : (dims[axis] as number);
    this.stride = axis === undefined ? 1 : dims.slice(axis + 1).reduce((a, b) => a * b, 1);
    [this.sums, this.squares, this.errors] = [0, 0, 0].map(() => new Float64Array(this.count)) as [
      Float64Array,
      Float64Array,
      Float64Array,
    ];
  }

  add(original: Values, values: Values): void {
    this.values += original.length;
    for (let at = 0; at < original.length; at += 1) {
      const group = this.count === 1 ? 0 : Math.floor(at / this.stride) % this.count;
      const value = original[at] as number;
      this.sums[group] = (this.sums[group] as number) + value;
      this.squares[group] = (this.squares[group] as number) + value * value;
      this.errors[group] = (this.errors[group] as number) + (value - (values[at] as number)) ** 2;
    }
  }

  get relativeError(): number {
    const each = this.values / this.count;
    if (this.count === 1 || each < LEAST_VALUES) return this.wholeError;
    const variances = this.squares.map((square, group) => square - (this.sums[group] as number) ** 2 / each);
    const least = Math.max(EPSILON, LEAST_VARIANCE * variances.reduce((a, b) => Math.max(a, b), 0));
    const shares = this.errors.map((error, group) =>
      Math.min(1, error / Math.max(least, variances[group] as number)),
    );
    return total(shares) / this.count;
  }

  private get wholeError(): number {
    const sum = total(this.sums);
    const variance = total(this.squares) - (sum * sum) / Math.max(1, this.values);
    return total(this.errors) / Math.max(variance, EPSILON);
  }
}

/** The shortest axis behind the batch's that is longer than one, where there are positions beside it. */
function groupAxis(dims: readonly number[]): number | undefined {
  const axes = dims.flatMap((dim, axis) => (axis > 0 && dim > 1 ? [axis] : []));
  if (axes.length < 2) return undefined;
  return axes.reduce((best, axis) => ((dims[axis] as number) < (dims[best] as number) ? axis : best));
}

const total = (values: Float64Array): number => values.reduce((a, b) => a + b, 0);

function areFinite(values: Values): boolean {
  for (let at = 0; at < values.length; at += 1) if (!Number.isFinite(values[at])) return false;
  return true;
}
