export interface PlantMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: 0 | 1;
  readonly retain: boolean;
}

export type PublishToPlant = (message: PlantMessage) => Promise<void>;

/** What a connection says of itself: by a last will, when it is made, and when it is ended on purpose. */
export interface PlantSession {
  /** Of the connection that is made next. */
  will(): Promise<PlantMessage>;
  greet(publish: PublishToPlant): Promise<void>;
  takeLeave(publish: PublishToPlant): Promise<void>;
}

/** Holds, retained, whether the device is connected, for `statusTopic`. */
export function statusSession(topic: string, device: string, now: () => Date): PlantSession {
  const status = (online: boolean): PlantMessage => ({
    topic,
    payload: Buffer.from(JSON.stringify({ device, online, at: now().toISOString() })),
    ...{ qos: 1, retain: true },
  });
  return {
    will: () => Promise.resolve(status(false)),
    greet: (publish) => publish(status(true)),
    takeLeave: (publish) => publish(status(false)),
  };
}
