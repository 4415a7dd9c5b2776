export {
  generateSigningKey,
  publicJwkOf,
  SIGNATURE_ALGORITHM,
  SigningJwk,
  thumbprint,
  type BarePublicJwk,
} from './keys.js';
export type { Addressee } from './addressed-document.js';
export { documentDigest, isSameDocument } from './signed-document.js';
export * from './manifest-signing.js';
export * from './manifest-verification.js';
export * from './command-signing.js';
export * from './command-verification.js';
export * from './config-signing.js';
export * from './config-verification.js';
export * from './device-token.js';
export * from './enrolment-proof.js';
export * from './webhook-signing.js';
export type { TokenRefusal, TokenRefusalCode } from './token.js';
