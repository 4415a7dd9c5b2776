import type { DeviceEvent } from '@hamon/contracts';

/** What the data plane tells the device's history; the supervisor adds id, device and version. */
export interface DataEvent {
  readonly kind: Extract<
    DeviceEvent['kind'],
    'fallback-open' | 'fallback-closed' | 'records-dropped' | 'source-unreadable'
  >;
  /** The stream that it is about. */
  readonly stream?: string;
  readonly detail: string;
}

export type OnDataEvent = (event: DataEvent) => void;
