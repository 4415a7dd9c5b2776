import { createHash } from 'node:crypto';
import {
  describeProblems,
  err,
  fieldProblems,
  GeneralJws,
  isCanonicalBase64url,
  KeyId,
  ok,
  type PublicJwk,
  type Result,
} from '@hamon/contracts';
import { errors, GeneralSign, generalVerify } from 'jose';
import { z } from 'zod';
import { privateJwkOf, publicJwkOf, SIGNATURE_ALGORITHM, thumbprint, type SigningJwk } from './keys.js';
import { decodeJson } from './token.js';

/** What is wrong with a signed document before its payload says anything. */
export interface DocumentFault {
  readonly fault: 'malformed' | 'unsigned' | 'bad-signature';
  readonly detail: string;
}

/** Any further member (`crit`, `b64`, `jku`, `jwk`, `x5c` …) would change how, or by whom, the payload is judged. */
const ProtectedHeader = z.strictObject({
  alg: z.string(),
  typ: z.string(),
  kid: z.string().max(100).optional(),
});

/**
 * Signs a document as JWS in general JSON serialization (RFC 7515, 7.2.1) with one Ed25519 signature. The same document
 * and key give the same bytes: Ed25519 is deterministic.
 *
 * @param type the `typ` of the protected header: a document of one type is never taken for one of another
 */
export async function signDocument(document: object, type: string, key: SigningJwk): Promise<GeneralJws> {
  const sign = new GeneralSign(new TextEncoder().encode(JSON.stringify(document)));
  sign
    .addSignature(privateJwkOf(key))
    .setProtectedHeader({ alg: SIGNATURE_ALGORITHM, typ: type, kid: await thumbprint(key) });
  return GeneralJws.parse(await sign.sign());
}

/**
 * The shape of a signed document, with each part in the one spelling that it has; nothing is verified by it.
 *
 * @param json what arrived, decoded from JSON but otherwise untrusted
 */
export function readDocument(json: unknown): Result<GeneralJws, DocumentFault> {
  if (isUnsigned(json)) return fault('unsigned', 'it carries no signature');
  const shape = GeneralJws.safeParse(json);
  return shape.success ? ok(shape.data) : fault('malformed', describeProblems(fieldProblems(shape.error)));
}

/**
 * Checks algorithm, type and signature under the pinned key, in this order; the first broken rule is the answer. The
 * payload is handed out only after its signature holds.
 *
 * @returns the payload as JSON, or undefined where it is none
 */
export async function openDocument(
  jws: GeneralJws,
  type: string,
  pinnedKey: PublicJwk,
): Promise<Result<{ readonly payload: unknown }, DocumentFault>> {
  const [head, , signature] = partsOf(jws);
  const header = ProtectedHeader.safeParse(decodeJson(head));
  if (!header.success) {
    return fault('malformed', `protected header: ${describeProblems(fieldProblems(header.error))}`);
  }
  const { alg, typ, kid } = header.data;
  if (alg.toLowerCase() === 'none') return fault('unsigned', 'its algorithm is "none"');
  if (alg !== SIGNATURE_ALGORITHM) {
    return fault('bad-signature', `algorithm "${clip(alg)}", only ${SIGNATURE_ALGORITHM} is accepted`);
  }
  if (typ !== type) return fault('bad-signature', `type "${clip(typ)}" instead of "${type}"`);
  if (signature === '') return fault('unsigned', 'its signature is empty');

  try {
    const verified = await generalVerify(jws, publicJwkOf(pinnedKey), { algorithms: [SIGNATURE_ALGORITHM] });
    return ok({ payload: decodeJson(verified.payload) });
  } catch (cause) {
    // All that the library finds wrong with a peer's bytes is one outcome; anything else is a fault of this machine.
    if (!(cause instanceof errors.JOSEError)) throw cause;
    return fault('bad-signature', foreignKey(kid, await thumbprint(pinnedKey)));
  }
}

/** Names both keys, as only a person can tell which of the two is wrong. Documents of earlier releases name none. */
function foreignKey(kid: string | undefined, pinned: string): string {
  const named = KeyId.safeParse(kid);
  const signer = named.success ? `names key ${named.data}` : 'names no key';
  return kid === pinned
    ? `its signature does not verify under the pinned key ${pinned}, which it names`
    : `its signature does not verify: it ${signer}, the pinned key is ${pinned}`;
}

/**
 * The same bytes? Each part must be in its one spelling, so that equal texts and equal bytes are the same. Ed25519 is
 * deterministic: signing one payload twice with one key makes the same document.
 */
export function isSameDocument(a: GeneralJws, b: GeneralJws): boolean {
  const others = partsOf(b);
  return partsOf(a).every((part, i) => isCanonicalBase64url(part) && part === others[i]);
}

/** SHA-256 of a document in compact serialization (RFC 7515, 7.1), in hexadecimal: names a document in few bytes. */
export const documentDigest = (jws: GeneralJws): string =>
  createHash('sha256').update(partsOf(jws).join('.')).digest('hex');

const partsOf = ({ payload, signatures }: GeneralJws): readonly [string, string, string] => [
  signatures[0]?.protected ?? '',
  payload,
  signatures[0]?.signature ?? '',
];

/** A bare document, or a JWS without signatures: a reason of its own, as somebody forgot to sign. */
function isUnsigned(json: unknown): boolean {
  if (typeof json !== 'object' || json === null) return false;
  if ('signatures' in json) return Array.isArray(json.signatures) && json.signatures.length === 0;
  return 'payload' in json ? !('signature' in json) : 'schema' in json;
}

const clip = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}…` : text);

const fault = (name: DocumentFault['fault'], detail: string) => err({ fault: name, detail });
