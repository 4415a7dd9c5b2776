/** What the models of a device have in common and only one of them has at a time, or as far as it goes. */
export type Share =
  /** The link: chunks of one bundle at a time. */
  | 'download'
  /** Memory for a process beside that of the version which answers. */
  | 'memory'
  /** A machine that does nothing else beside its frames: latencies are measured. */
  | 'self-test';

/** One model, as far as it concerns the others. */
export interface Standing {
  readonly model: string;
  /** Its processes … */
  readonly loaded: number;
  /** … and those that it needs to answer: 0 where it has no version to answer with. */
  readonly due: 0 | 1;
  /** Processes that begin or end just now: their memory is neither wholly taken nor free. */
  readonly passing: number;
  /** What one of them takes. */
  readonly childMb: number;
  /**
   * What its memory beside that of the version which answers is for: `working` on the way to an answer; `compared` on frames
   * that may not come; `held`, ready and not to be switched to yet; `watching`, the former version beside the new one.
   */
  readonly extra: 'working' | 'compared' | 'held' | 'watching';
}

export interface Ask {
  readonly model: string;
  readonly share: Share;
  readonly sinceMs: number;
  /** It had its turn, got nowhere and gave it back: those that wait go first. */
  readonly hasYielded: boolean;
  /** Nobody has to make room for it. */
  readonly isOptional: boolean;
}

export interface Lease {
  readonly model: string;
  readonly share: Share;
  /** When it last got further. */
  readonly progressMs: number;
  /** It was asked to give it back, or does so, and has not done it yet. */
  readonly isEnding: boolean;
}

export interface Situation {
  readonly nowMs: number;
  readonly models: readonly Standing[];
  readonly asks: readonly Ask[];
  readonly leases: readonly Lease[];
  /** As the machine says it now. */
  readonly availableMb: number;
  /** Left over beside all models. */
  readonly marginMb: number;
  /** Without any progress for so long, a turn ends where somebody waits. */
  readonly stallMs: { readonly download: number; readonly compared: number };
}
