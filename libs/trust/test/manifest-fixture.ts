import { DEFAULT_DEVICE_POLICY, type Manifest } from '@hamon/contracts';

export const NOW = new Date('2026-03-01T12:00:00.000Z');
export const EXPECTED = { fleet: 'works', device: 'cam-1', now: NOW } as const;

export function manifest(change: Partial<Manifest> = {}): Manifest {
  const sha256 = 'a'.repeat(64);
  return {
    schema: 'hamon.manifest/1',
    fleet: 'works',
    device: 'cam-1',
    sequence: 7,
    issuedAt: '2026-03-01T00:00:00.000Z',
    expiresAt: '2026-03-08T00:00:00.000Z',
    model: 'tile-inspector',
    version: '2.0.0',
    variant: 'fp32',
    bundle: { sha256, length: 10, chunks: [{ sha256, length: 10 }] },
    policy: DEFAULT_DEVICE_POLICY,
    ...change,
  };
}

export const base64url = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
