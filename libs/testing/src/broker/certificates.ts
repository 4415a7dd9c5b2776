import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const PROGRAM = '/usr/bin/openssl';

/** What a skipped test says; undefined where OpenSSL is there. */
export const whyNoOpenssl = existsSync(PROGRAM)
  ? undefined
  : `there is no ${PROGRAM}; install Debian's package "openssl"`;

/** PEM files of a server on 127.0.0.1, whose certificate is its own authority. */
export interface Certificates {
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
  discard(): Promise<void>;
}

export async function makeCertificates(name: string): Promise<Certificates> {
  const folder = await mkdtemp(join(tmpdir(), 'hamon-certificates-'));
  // Servers that are started as root read them as users of their own.
  await chmod(folder, 0o755);
  const [certificate, key] = [join(folder, 'certificate.pem'), join(folder, 'key.pem')];
  await run(PROGRAM, [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
    ...['-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost'],
    ...['-keyout', key, '-out', certificate],
  ]);
  await chmod(key, 0o644);
  return { ca: certificate, certificate, key, discard: () => rm(folder, { recursive: true, force: true }) };
}
