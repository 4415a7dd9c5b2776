import type { BundleInput } from '@hamon/contracts';
import { topIndex, type InferenceHost } from '@hamon/inference';
import type { DecodedFrame } from '../data/decoded-frame.js';
import type { IdleRuns } from './idle-runs.js';

type Input = Uint8Array | Float32Array;

/** All inputs together: they stay in memory until the last variant has been compared. */
const MAX_BYTES = 32 * 1024 ** 2;

/** How often variants give the original's label, on the same inputs for all of them. */
export class LabelComparison {
  private reference: readonly number[] | undefined;
  private readonly shares = new Map<string, number>();

  constructor(
    private readonly inputs: readonly Input[],
    private readonly original: string,
    private readonly runs: IdleRuns,
  ) {}

  /** The original must be among the hosts the first time; without it nothing is compared. */
  async compare(hosts: ReadonlyMap<string, InferenceHost>): Promise<void> {
    const original = hosts.get(this.original);
    if (!this.reference && original) this.reference = await this.labels(original);
    for (const [variant, host] of hosts) {
      const { reference } = this;
      if (!reference || this.shares.has(variant) || reference.length === 0) continue;
      const labels = variant === this.original ? reference : await this.labels(host);
      this.shares.set(variant, labels.filter((label, i) => label === reference[i]).length / labels.length);
    }
  }

  of(variant: string): { readonly samples: number; readonly agreement?: number } {
    const agreement = this.shares.get(variant);
    return agreement === undefined ? { samples: 0 } : { samples: this.inputs.length, agreement };
  }

  private async labels(host: InferenceHost): Promise<readonly number[]> {
    const labels: number[] = [];
    for (const input of this.inputs) labels.push(topIndex((await this.runs.run(host, input)).probabilities));
    return labels;
  }
}

/** The newest frames in the form that the model takes; those that have none (a foreign tensor, no image) are left out. */
export async function inputsOf(
  frames: readonly DecodedFrame[],
  input: BundleInput,
  most: number,
): Promise<readonly Input[]> {
  const inputs: Input[] = [];
  let bytes = 0;
  for (const frame of frames.slice(-most)) {
    const form = await frame.inputFor(input).catch(() => undefined);
    if (!form) continue;
    bytes += form.byteLength;
    if (bytes > MAX_BYTES) break;
    inputs.push(form);
  }
  return inputs;
}
