import { describe, expect, it } from 'vitest';
import { openGuard } from '../../src/start/open-guard.js';

const HTTP = { host: '127.0.0.1', port: 7070 };
const holding = (text: string) => ({ resolve: () => Promise.resolve(text) });
const none = holding('');

describe('openGuard', () => {
  it.each(['0.0.0.0', '::', '10.1.2.3', 'gateway-7.plant.example'])(
    'does not let the agent listen on %s without a token',
    async (host) => {
      await expect(openGuard({ ...HTTP, host }, none)).rejects.toThrow(
        `http.host: ${host} is open to the network`,
      );
      const token = { secret: 'page' };
      const guard = await openGuard({ ...HTTP, host, token }, holding('0123456789abcdef'));
      expect(guard.isToken('0123456789abcdef')).toBe(true);
    },
  );

  it.each(['127.0.0.1', 'localhost', '::1'])('needs none on %s', async (host) => {
    const guard = await openGuard({ ...HTTP, host }, none);
    expect([guard.isToken(''), guard.cookie]).toEqual([false, undefined]);
  });

  it.each(['short', 'sixteen characters', 'sechzehn-Zeichen-ö'])('refuses "%s" as a token', async (text) => {
    const refusal = openGuard({ ...HTTP, token: { secret: 'page' } }, holding(text));
    await expect(refusal).rejects.toThrow(
      'the secret "page" must have at least 16 printable ASCII characters',
    );
  });
});
