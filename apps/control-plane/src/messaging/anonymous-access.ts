import mqtt from 'mqtt';

const PATIENCE_MS = 5_000;

/** Does a broker let clients in without credentials? Then its topic rules protect nothing. */
export function allowsAnonymous(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const client = mqtt.connect(url, { reconnectPeriod: 0, connectTimeout: PATIENCE_MS, protocolVersion: 4 });
    const answer = (allowed: boolean) => (): void => {
      resolve(allowed);
      client.end(true);
    };
    client.once('connect', answer(true));
    client.on('error', answer(false));
    client.once('close', answer(false));
  });
}
