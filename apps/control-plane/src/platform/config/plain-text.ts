import type { ConfigValues } from './settings.js';

const LOOPBACK = /^(127\.\d+\.\d+\.\d+|\[?::1\]?|localhost)$/;

type Addresses = Pick<
  ConfigValues,
  'httpHost' | 'mqttHost' | 'mqttUrl' | 'publicMqttUrl' | 'behindTlsProxy' | 'webhookUrl'
>;

/**
 * Settings that would send tokens and passwords in the clear outside of this machine; each completes a sentence.
 * Neither listener speaks TLS itself: a proxy or broker must. Credentials in an address are not repeated.
 */
export function plainTextFaults(addresses: Addresses): string[] {
  const { httpHost, mqttHost, mqttUrl, publicMqttUrl, behindTlsProxy, webhookUrl } = addresses;
  const faults: string[] = [];
  const proxy = 'put a proxy that ends TLS in front and set HAMON_BEHIND_TLS_PROXY=true';
  if (!behindTlsProxy && !LOOPBACK.test(httpHost)) {
    faults.push(`HAMON_HTTP_HOST=${httpHost} would serve HTTP without TLS outside of this machine: ${proxy}`);
  }
  if (!behindTlsProxy && mqttUrl === undefined && !LOOPBACK.test(mqttHost)) {
    faults.push(`HAMON_MQTT_HOST=${mqttHost} would serve MQTT without TLS outside of this machine: ${proxy}`);
  }
  for (const [name, url] of [
    ['MQTT_URL', mqttUrl],
    ['HAMON_PUBLIC_MQTT_URL', publicMqttUrl],
  ] as const) {
    if (url !== undefined && isPlain(url)) {
      faults.push(`${name} names a broker outside of this machine without TLS: use mqtts://`);
    }
  }
  if (webhookUrl !== undefined && isPlain(webhookUrl)) {
    faults.push('HAMON_WEBHOOK_URL names a receiver outside of this machine without TLS: use https://');
  }
  return faults;
}

function isPlain(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return (protocol === 'mqtt:' || protocol === 'http:') && !LOOPBACK.test(hostname);
}
