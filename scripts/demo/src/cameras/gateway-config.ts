import type { BundleDocument } from '@hamon/contracts';
import { taskNamed } from '@hamon/tasks';
import { ANSWER_TOPIC, PART_TOPIC } from './plant-line.js';

export const BELT = 'belt';
export const GATE = 'gate';

const SECRET = 'defects-webhook';
const FRAMES_PER_SECOND = 8;
const GOOD = 'good';

export interface GatewayParts {
  readonly classifier: BundleDocument;
  readonly detector: BundleDocument;
  readonly urlOf: (camera: string) => string;
  readonly brokerUrl: string;
  readonly webhookUrl: string;
}

/** `agent.json` of the gateway: what somebody would write who wires these two cameras to this line. */
export function gatewayConfig({ classifier, detector, urlOf, brokerUrl, webhookUrl }: GatewayParts): object {
  const broker = { url: brokerUrl };
  const labels = taskNamed(classifier.task)
    .labels(classifier.output)
    .filter((label) => label !== GOOD);
  return {
    streams: [
      {
        name: BELT,
        model: classifier.model,
        source: { kind: 'ffmpeg', url: urlOf(BELT), transport: 'tcp' },
        framesPerSecond: FRAMES_PER_SECOND,
        defect: { labels },
        sinks: [{ kind: 'webhook', url: webhookUrl, secret: { secret: SECRET }, when: 'defect' }],
      },
      {
        name: GATE,
        model: detector.model,
        source: { kind: 'ffmpeg', url: urlOf(GATE), transport: 'udp' },
        trigger: { kind: 'mqtt', broker, topic: PART_TOPIC, answerTopic: ANSWER_TOPIC },
        sinks: [{ kind: 'plant-mqtt', broker, topic: 'line-1/{stream}' }],
      },
    ],
    http: { host: '127.0.0.1', port: 0 },
    // The platform is of this machine, whichever of its addresses it listens on.
    insecure: true,
  };
}

/** The device's secrets, where its service manager would put them. */
export const secretEnvironment = (secret: string): NodeJS.ProcessEnv => ({
  [`HAMON_SECRET_${SECRET.toUpperCase().replaceAll(/[-.]/g, '_')}`]: secret,
});
