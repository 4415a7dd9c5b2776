import type { TellCondition } from '../../conditions.js';
import type { OnDataEvent } from '../data-events.js';
import { JointConditions } from '../joint-conditions.js';
import { SharedSinks } from './shared-sinks.js';
import { JsonlSink } from './jsonl-sink.js';
import { MqttSink, type ResultPublisher } from './mqtt-sink.js';

export interface SinkParts {
  readonly fleet: string;
  readonly device: string;
  readonly publisher: ResultPublisher;
  readonly onEvent: OnDataEvent;
  readonly tellCondition: TellCondition;
}

/** Sinks as streams ask for them. */
export function openSinks({ fleet, device, publisher, onEvent, tellCondition }: SinkParts): SharedSinks {
  const conditions = new JointConditions(tellCondition);
  return new SharedSinks((sink) =>
    sink.kind === 'jsonl'
      ? new JsonlSink({ ...sink, onEvent, tellCondition: conditions.part(sink.path) })
      : new MqttSink({ fleet, device, publisher }),
  );
}
