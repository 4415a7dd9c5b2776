import type { BundleDocument, RunningVersion } from '@hamon/contracts';
import { InferenceError, type HostExit } from '@hamon/inference';
import type { BundleStore } from '../adapters/bundle-store.js';
import type { ModelState, Slot } from '../core/model-state.js';
import type { FrameRouter } from '../data/frame-router.js';
import { outputUnder, type LoadedModel } from '../data/loaded-model.js';
import type { ShadowRole } from '../data/shadow/shadow-tally.js';
import type { ModelLauncher } from './model-launcher.js';
import { Child, formOf } from './child.js';

export type Role = 'current' | 'previous' | 'candidate';

export interface ModelProcessesOptions {
  readonly bundles: BundleStore;
  readonly router: FrameRouter;
  /** Starts the children. */
  readonly launcher: ModelLauncher;
  readonly loadTimeoutMs: number;
  /** Another child answers from now on, or none. */
  readonly onServed?: () => void;
  /** A child ended that nobody stopped. */
  readonly onCrash: (role: Role | undefined, exit: HostExit) => void;
}

const MEMORY_LOOK_MS = 2000;
/** What a child takes where none has been measured yet. */
const GUESSED_CHILD_MB = 120;

/** The child processes of one model by the slot that they serve, and the router's pointers to them. */
export class ModelProcesses {
  private readonly children: Record<Role, Child | null> = { current: null, previous: null, candidate: null };
  /** By digest: a folder is checked once in the life of the agent, not with each restart of its child. */
  private readonly documents = new Map<string, BundleDocument>();
  /** Digest of the current version, while it is stopped to make room for a candidate. */
  private madeRoom: string | null = null;
  private readonly leaving = new Set<Promise<void>>();
  private starting = 0;
  private readonly looks: NodeJS.Timeout;

  constructor(private readonly options: ModelProcessesOptions) {
    this.looks = setInterval(() => this.lookAtMemory(), MEMORY_LOOK_MS);
    this.looks.unref();
  }

  get(role: Role): Child | null {
    return this.children[role];
  }

  /** The version that frames are answered with now. */
  get serving(): RunningVersion | null {
    return this.options.router.active?.version ?? null;
  }

  /** The child of exactly this slot. */
  of(role: Role, slot: Slot | null): Child | null {
    const child = this.children[role];
    return child && child.digest === slot?.version.bundle ? child : null;
  }

  async document(slot: Slot): Promise<BundleDocument> {
    const { bundle, model, version, variant } = slot.version;
    const known = this.documents.get(bundle);
    if (known) return known;
    const document = await this.options.bundles.verified(bundle);
    const is = document.model === model && document.version === version;
    if (!is || !document.variants.some(({ name }) => name === variant)) {
      const named = `${document.model}@${document.version}`;
      throw new InferenceError(
        'bundle-invalid',
        `the bundle is of ${named}, not ${model}@${version} ${variant}`,
      );
    }
    this.documents.set(bundle, document);
    return document;
  }

  async load(role: Role, slot: Slot, signal: AbortSignal): Promise<void> {
    const document = await this.document(slot);
    const variant = document.variants.find(({ name }) => name === slot.version.variant);
    if (!variant) throw new InferenceError('bundle-invalid', `no variant "${slot.version.variant}"`);
    const output = outputUnder(document, slot.policy);
    if (!output.ok) throw new InferenceError('bundle-invalid', `policy.threshold: ${output.error}`);
    const { bundles, launcher, loadTimeoutMs } = this.options;
    // From here on it is meant to run: what goes wrong now is a fault.
    if (role === 'current') this.madeRoom = null;
    this.starting += 1;
    const { bundle } = slot.version;
    const { intraOpNumThreads: threads, hangMs } = slot.policy.inference;
    const host = await launcher
      .open(document, variant, {
        ...{ bundle, threads, hangMs, loadTimeoutMs, signal },
        folder: bundles.pathOf(bundle),
      })
      .finally(() => (this.starting -= 1));
    if (signal.aborted) {
      // It was given up in the moment in which it was loaded.
      await host.stop();
      throw signal.reason;
    }
    const child = new Child(bundle, document, host);
    const former = this.children[role];
    this.children[role] = child;
    if (former) this.retire(former);
    void host.memory().then(({ rssMb }) => (child.rssMb = rssMb));
    host.onExit((exit) => this.ended(child, exit));
  }

  /** Lets the router answer with the current slot's version, whether its child is up or not. */
  serve({ slots: { current } }: ModelState): void {
    const { router } = this.options;
    const model = current && this.formOf(current);
    router.setActive(model, current?.policy ?? null);
    this.options.onServed?.();
    const child = this.of('current', current);
    for (const form of child?.servedForms ?? []) {
      if (form !== model) void router.whenUnused(form).then(() => child?.forget(form));
    }
  }

  /** A version that was stopped is not loaded, but the fallback needs its document to answer for it. */
  async standIn(state: ModelState): Promise<void> {
    const { current } = state.slots;
    if (current?.failed !== 'stopped') return;
    await this.document(current);
    this.serve(state);
  }

  shadow(role: ShadowRole | null, slot: Slot | null): void {
    const { router } = this.options;
    const child = role && slot ? this.of(role, slot) : null;
    if (!role || !slot || !child) {
      if (router.shadowTally()) router.setShadow(null);
      return;
    }
    const tally = router.shadowTally();
    const form = child.as(slot);
    if (tally?.role === role && tally.version === form.version) return;
    router.setShadow(form, role);
  }

  /** The candidate takes the current's place, and that the previous one's where it is kept. */
  promote(keepFormer: boolean): void {
    const { current, candidate, previous } = this.children;
    this.madeRoom = null;
    this.children.current = candidate;
    this.children.candidate = null;
    this.children.previous = keepFormer ? current : null;
    if (previous) this.retire(previous);
    if (!keepFormer && current) this.retire(current);
  }

  /** The previous version's child, where it is still there, takes the current's place. */
  demote(): void {
    const { current, previous } = this.children;
    this.children.current = previous;
    this.children.previous = null;
    if (current) this.retire(current);
  }

  /** Stops the current version's child because a candidate needs its memory. */
  makeRoom(): void {
    this.madeRoom = this.children.current?.digest ?? null;
    this.unload('current');
  }

  unload(role: Role): void {
    const child = this.children[role];
    this.children[role] = null;
    if (child) this.retire(child);
  }

  /** After a folder was removed or written anew. */
  forgetDocuments(keep: ReadonlySet<string>): void {
    for (const digest of [...this.documents.keys()]) if (!keep.has(digest)) this.documents.delete(digest);
  }

  async stop(): Promise<void> {
    clearInterval(this.looks);
    for (const role of ['candidate', 'previous', 'current'] as const) this.unload(role);
    await Promise.all(this.leaving);
  }

  /** Those that serve a slot, children that finish their last frames left out. */
  get count(): number {
    return Object.values(this.children).filter(Boolean).length;
  }

  /** Those that begin or end just now. */
  get passing(): number {
    return this.starting + this.leaving.size;
  }

  /** What onnxruntime runs the version that answers on; undefined while it is not loaded. */
  get executionProvider(): string | undefined {
    return this.children.current?.host.model.executionProvider;
  }

  /** The device's configuration changed. */
  reconfigure(): void {
    const { launcher } = this.options;
    launcher.forget();
    for (const child of Object.values(this.children)) if (child) launcher.renice(child.host);
  }

  /** What one of them takes. */
  get childMb(): number {
    return Math.max(GUESSED_CHILD_MB, ...Object.values(this.children).map((child) => child?.rssMb ?? 0));
  }

  /** Settles when those that serve no slot any longer are gone. */
  async settled(): Promise<void> {
    await Promise.all(this.leaving);
  }

  private formOf(slot: Slot): LoadedModel | null {
    const child = this.of('current', slot);
    if (child) return child.as(slot);
    const bundle = this.documents.get(slot.version.bundle);
    if (!bundle) return null;
    return { ...formOf(bundle, slot, null), unloaded: this.madeRoom === slot.version.bundle };
  }

  /** Stops a child after its last frame. The router must point elsewhere before the next turn of the event loop. */
  private retire(child: Child): void {
    const { router } = this.options;
    const gone = (async () => {
      await Promise.resolve();
      await Promise.all(child.servedForms.map((form) => router.whenUnused(form)));
      await child.host.stop();
    })().finally(() => this.leaving.delete(gone));
    this.leaving.add(gone);
  }

  private ended(child: Child, exit: HostExit): void {
    const role = (Object.keys(this.children) as Role[]).find((name) => this.children[name] === child);
    if (role) this.children[role] = null;
    this.options.launcher.ended(child.digest, child.host, exit);
    if (exit.code !== 'stopped' || role) this.options.onCrash(role, exit);
  }

  private lookAtMemory(): void {
    for (const child of Object.values(this.children)) {
      if (child) void child.host.memory().then(({ rssMb }) => (child.rssMb = rssMb || child.rssMb));
    }
  }
}
