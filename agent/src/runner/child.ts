import type { BundleDocument, Reason, Result } from '@hamon/contracts';
import type { BundleProblem, InferenceHost, SelfTestReport } from '@hamon/inference';
import type { Slot } from '../core/model-state.js';
import { loadedModel, outputUnder, type LoadedModel } from '../data/loaded-model.js';

/** A bundle's child process and what is known about it. */
export class Child {
  /** Kept, so that an interrupted self-test is waited for and not begun a second time beside the first. */
  selfTest: Promise<Result<SelfTestReport, BundleProblem>> | undefined;
  rssMb = 0;
  private readonly forms = new Map<number, LoadedModel>();

  constructor(
    readonly digest: string,
    readonly document: BundleDocument,
    readonly host: InferenceHost,
  ) {}

  /** As the router serves it: the same object for the same sequence, because frames hold on to it. */
  as({ version, policy }: Slot): LoadedModel {
    const known = this.forms.get(version.sequence);
    if (known) return known;
    const form = formOf(this.document, { version, policy }, this.host);
    this.forms.set(version.sequence, form);
    return form;
  }

  /** Every form that frames under way may still use. */
  get servedForms(): readonly LoadedModel[] {
    return [...this.forms.values()];
  }

  forget(form: LoadedModel): void {
    this.forms.delete(form.version.sequence);
  }
}

/** What runs already goes on with the bundle's threshold where a later policy has one that does not fit. */
export function formOf(
  document: BundleDocument,
  { version, policy }: Pick<Slot, 'version' | 'policy'>,
  host: InferenceHost | null,
): LoadedModel {
  return loadedModel(document, version, outputUnder(document, policy).ok ? policy : {}, host);
}

export const reasonFor = (code: Reason['code'], detail: string): Reason => ({
  code,
  detail: detail.slice(0, 500),
});
