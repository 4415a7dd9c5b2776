import { z } from 'zod';

/** A secret as a configuration names it; the device alone knows its value. */
export const SecretName = z
  .string()
  .regex(
    /^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/,
    'secret must be 1-64 of a-z, 0-9, ".", "_", "-", beginning and ending with a letter or digit',
  );

/** The environment variable that may hold a secret; names with one variable are the same secret. */
export const secretVariable = (secret: string): string =>
  `HAMON_SECRET_${secret.toUpperCase().replaceAll(/[.-]/g, '_')}`;

/** `{"secret": "camera-1"}`, where others write a password: a configuration is shown, stored and sent around. */
export const SecretRef = z.strictObject(
  { secret: SecretName },
  { error: 'must be {"secret": NAME}: a configuration holds no secret itself' },
);
export type SecretRef = z.infer<typeof SecretRef>;

/**
 * What programs that read addresses take for the end of the host, or for nothing, each as it likes: a host that was checked
 * would not be the one that is spoken to.
 */
const AMBIGUOUS = /[\s\\#\p{Cc}]/u;
const WITH_PASSWORD = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*@/i;

/** An address of one of these protocols, without user name and password in it. */
export const address = (...protocols: readonly string[]) =>
  z
    .string()
    .min(1)
    .max(2048)
    .superRefine((url, context) => {
      const scheme = /^([a-z][a-z0-9+.-]*):\/\/[^/]/i.exec(url)?.[1]?.toLowerCase();
      if (scheme === undefined || !protocols.includes(scheme) || !URL.canParse(url)) {
        const message = `must be an address that begins with ${protocols.map((name) => `${name}://`).join(' or ')}`;
        context.addIssue({ code: 'custom', message });
      } else if (AMBIGUOUS.test(url)) {
        const message = 'must hold no "\\", "#", space or control character: write them as %5C, %23, %20';
        context.addIssue({ code: 'custom', message });
      } else if (WITH_PASSWORD.test(url)) {
        const message =
          'must not hold a user name or password: name them beside it, the password as {"secret": NAME}';
        context.addIssue({ code: 'custom', message });
      }
    });
