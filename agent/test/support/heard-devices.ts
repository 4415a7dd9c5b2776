import {
  decodeMessage,
  isJsonMessage,
  parseTopic,
  type DeviceEvent,
  type DeviceReply,
  type ModelReport,
  type Presence,
  type ReportedState,
  type ResultRecord,
  type TelemetryWindow,
} from '@hamon/contracts';

/** Of every bundle that does not say otherwise. */
export const MODEL = 'tiny';

const NO_MODEL: Omit<ModelReport, 'model'> = {
  slots: { current: null, previous: null, candidate: null },
  ...{ deployment: null, rejection: null, rejected: null, highestSequence: null, proof: null },
};

/** What devices have said, in order, read as the control plane reads it. */
export class HeardDevices {
  readonly events: DeviceEvent[] = [];
  readonly windows: TelemetryWindow[] = [];
  /** What devices answered to single frames, by the topics that they came under. */
  readonly results: { readonly topic: string; readonly record: ResultRecord }[] = [];
  readonly reports: ReportedState[] = [];
  readonly presences: Presence[] = [];
  readonly replies: DeviceReply[] = [];

  /** What the device said last of a command; unless said otherwise, of one to measure. */
  replyOf<K extends DeviceReply['kind'] = 'benchmark'>(
    id: string,
  ): Extract<DeviceReply, { kind: K }> | undefined {
    return this.replies.findLast((reply): reply is Extract<DeviceReply, { kind: K }> => reply.id === id);
  }

  /** The device's newest report, with what it says of one model: of this one, or else of the first by name. */
  lastReport(device: string, model?: string): (ReportedState & ModelReport) | undefined {
    const report = this.reports.findLast((one) => one.device === device);
    const own = report?.models.find((one) => one.model === model) ?? (model ? undefined : report?.models[0]);
    return report && { ...report, ...(own ?? { ...NO_MODEL, model: model ?? MODEL }) };
  }

  /** Distinct states of the deployment of this sequence, as reported in order. */
  chain(sequence: number): string[] {
    const states = this.deploymentsOf(sequence).map(({ state }) => state);
    return states.filter((state, i) => state !== states[i - 1]);
  }

  private deploymentsOf(sequence: number): NonNullable<ModelReport['deployment']>[] {
    const deployments = this.reports.flatMap(({ models }) =>
      models.flatMap(({ deployment }) => deployment ?? []),
    );
    return deployments.filter(({ version }) => version.sequence === sequence);
  }

  kinds(device: string): string[] {
    return this.eventsOf(device).map(({ kind }) => kind);
  }

  eventsOf(device: string): DeviceEvent[] {
    return this.events.filter((event) => event.device === device);
  }

  rejectionOf(device: string, model?: string): string | undefined {
    return this.lastReport(device, model)?.rejection?.code;
  }

  /** Why the deployment of this sequence ended. */
  reasonOf(sequence: number): string | undefined {
    return this.deploymentsOf(sequence).at(-1)?.reason?.code;
  }

  /** Throws where it breaks the contract. */
  protected hear(topic: string, payload: Uint8Array): void {
    const name = parseTopic(topic)?.name;
    if (!name || !isJsonMessage(name)) return;
    const decoded = decodeMessage(name, payload);
    if (!decoded.ok) throw new Error(`the agent broke the contract: ${decoded.error.detail}`);
    if (name === 'event') this.events.push(decoded.value as DeviceEvent);
    if (name === 'telemetry') this.windows.push(decoded.value as TelemetryWindow);
    if (name === 'reported') this.reports.push(decoded.value as ReportedState);
    if (name === 'results') this.results.push({ topic, record: decoded.value as ResultRecord });
    if (name === 'reply') this.replies.push(decoded.value as DeviceReply);
    if (name === 'presence') this.presences.push(decoded.value as Presence);
  }
}
