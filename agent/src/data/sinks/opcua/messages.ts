/** One variable of a stream by its name; what an answer does not say is left out. */
export interface StreamValues {
  readonly verdict?: string;
  readonly label?: string;
  readonly confidence?: number;
  readonly score?: number;
  readonly count?: number;
  /** The task's answer in JSON. */
  readonly answer?: string;
  /** `NAME@VERSION` of what answered. */
  readonly model?: string;
  readonly frame?: string;
  /** Of the record. */
  readonly id?: string;
  /** Why there is no answer. */
  readonly error?: string;
  /** ISO 8601. */
  readonly time: string;
  /** Frames of the stream that came here since the agent was started. */
  readonly frames: number;
}

export interface ServeOrder {
  readonly kind: 'serve';
  readonly host: string;
  readonly port: number;
  readonly device: string;
  /** The certificate store. */
  readonly folder: string;
  /** Clients may come without encryption. */
  readonly isPlainAllowed: boolean;
  /** Without it anonymous clients may read. */
  readonly login?: { readonly user: string; readonly password: string };
}

/** To the server's process. */
export type OpcuaOrder =
  | ServeOrder
  /** A stream that will have values. */
  | { readonly kind: 'expect'; readonly stream: string }
  /** A stream that has no values any more. */
  | { readonly kind: 'leave'; readonly stream: string }
  | { readonly kind: 'show'; readonly stream: string; readonly values: StreamValues };

/** From the server's process; after `failed` it ends. */
export type OpcuaNews =
  { readonly kind: 'serving'; readonly url: string } | { readonly kind: 'failed'; readonly detail: string };
