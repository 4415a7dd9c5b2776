import {
  MESSAGE_NAMES,
  MESSAGES,
  messageSpec,
  type MessageName,
  type ToServerName,
  type TopicParameter,
} from './messages.js';
import { DeviceId, FleetId, ModelName, Sha256 } from './names.js';
import { fillTemplate } from './topic-template.js';

/** What each parameter's level may hold. None of them accepts `+`, `#`, `/` or an empty level. */
const LEVELS = { fleet: FleetId, device: DeviceId, model: ModelName, sha256: Sha256 };

const fits = (parameter: TopicParameter, value: unknown): boolean =>
  LEVELS[parameter].safeParse(value).success;

/** The parameters of one message's topic, by name. */
export type TopicParams<N extends MessageName> = { readonly [P in TopicParameter<N>]: string };

/** The topic of one message. Throws a RangeError for a value that does not fit into its level, which is a bug. */
export function topicOf<N extends MessageName>(name: N, params: TopicParams<N>): string {
  const values: Readonly<Record<string, string>> = params;
  return fillTemplate(MESSAGES[name].topic, (parameter) => {
    const value = values[parameter];
    if (value !== undefined && fits(parameter as TopicParameter, value)) return value;
    throw new RangeError(`"${value}" is no {${parameter}} in the topic of a ${name} message`);
  });
}

/** The messages whose topic names one device. */
export type DeviceMessageName = {
  [N in MessageName]: 'device' extends TopicParameter<N> ? N : never;
}[MessageName];

/** The messages whose topic names one device and nothing else. */
type PlainDeviceMessageName = {
  [N in DeviceMessageName]: TopicParameter<N> extends 'fleet' | 'device' ? N : never;
}[DeviceMessageName];

/** The topic of one device's message. */
export const deviceTopic = (name: PlainDeviceMessageName, fleet: string, device: string): string =>
  topicOf(name, { fleet, device });

/** The one filter under which a device gets the manifests of all its models, whichever they will be. */
export const desiredFilter = (fleet: string, device: string): string => {
  deviceTopic('presence', fleet, device);
  return fillTemplate(MESSAGES.desired.topic, (parameter) => ({ fleet, device })[parameter] ?? '+');
};

/** The topic of one chunk, named by its SHA-256. */
export const chunkTopic = (fleet: string, sha256: string): string => topicOf('chunk', { fleet, sha256 });

/** The filters under which the control plane receives from every device of every fleet. */
export function serverSubscriptions(): string[] {
  return Object.values(MESSAGES)
    .filter(({ direction }) => direction === 'to-server')
    .map(({ topic }) => fillTemplate(topic, () => '+'));
}

/** A message's name beside the parameters of its topic. */
export type ParsedTopic<N extends MessageName = MessageName> = {
  [M in N]: { readonly name: M } & TopicParams<M>;
}[N];

const PARSERS = MESSAGE_NAMES.map((name) => ({
  name,
  pattern: new RegExp(
    `^${fillTemplate(messageSpec(name).topic, (parameter) => `(?<${parameter}>[^/+#]+)`)}$`,
  ),
}));

/** Which message a concrete topic carries; undefined for any other topic. */
export function parseTopic(topic: string): ParsedTopic | undefined {
  for (const { name, pattern } of PARSERS) {
    const params = pattern.exec(topic)?.groups;
    if (!params) continue;
    const valid = Object.entries(params).every(([level, value]) => fits(level as TopicParameter, value));
    return valid ? ({ name, ...params } as ParsedTopic) : undefined;
  }
  return undefined;
}

/** Does this topic carry something from a device for the control plane? */
export const isToServer = (topic: ParsedTopic): topic is ParsedTopic<ToServerName> =>
  messageSpec(topic.name).direction === 'to-server';
