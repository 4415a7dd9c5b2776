import type { SampleUploader } from './sample-uploader.js';
import type { SampleLoss, Samples } from './samples.js';

/** Pictures kept on the device, as people look at them. */
export interface SamplesStatus {
  readonly kept: number;
  readonly bytes: number;
  /** Neither sent nor refused. */
  readonly unsent: number;
  readonly lost: Readonly<Record<SampleLoss, number>>;
  /** Since the agent was started; null where none are sent from here, since the control plane is reached in clear. */
  readonly upload: {
    /** Null where nothing was there to be sent, and so nobody has asked. */
    readonly isAllowed: boolean | null;
    readonly pictures: number;
    readonly bytes: number;
    readonly refused: number;
    readonly trouble: string | null;
  } | null;
}

export interface SamplesStatusParts {
  readonly samples: Pick<Samples, 'store' | 'lost'>;
  readonly uploader: Pick<SampleUploader, 'isAllowed' | 'sent' | 'trouble'> | null;
}

export function samplesStatus({ samples, uploader }: SamplesStatusParts): SamplesStatus {
  const { store, lost } = samples;
  return {
    ...{ kept: store.count, bytes: store.bytes, unsent: store.unsent, lost },
    upload: uploader && { isAllowed: uploader.isAllowed, ...uploader.sent, trouble: uploader.trouble },
  };
}
