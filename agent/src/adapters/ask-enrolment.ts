import { Problem } from '@hamon/contracts';

const TIMEOUT_MS = 10_000;

/**
 * Asks the server why the broker refuses this device (MQTT 3.1.1 has no words for it). The server tells only a caller that
 * signs with the device's own key. Undefined where the device is enrolled as ever, or where nobody answers.
 */
export async function askWhyShutOut(
  serverUrl: string,
  token: () => Promise<string>,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const answer = await fetch(new URL('/v1/enrolments/own', serverUrl), {
      headers: { authorization: `Bearer ${await token()}` },
      // A redirect must not take the token elsewhere.
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    const problem = Problem.safeParse(await answer.json());
    return problem.data?.code === 'device-shut-out' ? problem.data.detail : undefined;
  } catch {
    return undefined;
  }
}
