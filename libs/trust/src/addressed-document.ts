import {
  describeProblems,
  err,
  fieldProblems,
  ok,
  type GeneralJws,
  type PublicJwk,
  type Result,
} from '@hamon/contracts';
import type { z } from 'zod';
import { openDocument, type DocumentFault } from './signed-document.js';

/** Whom a signed document is for. */
export interface Addressee {
  readonly fleet: string;
  readonly device: string;
}

export interface AddressedFault {
  readonly fault: DocumentFault['fault'] | 'foreign-fleet' | 'foreign-device';
  readonly detail: string;
}

/**
 * Opens a document for one device: algorithm, type, signature under the pinned key, payload, fleet, device, in this order;
 * the first broken rule is the answer. Nothing of the payload is interpreted before its signature holds.
 */
export async function openAddressed<T extends Addressee>(
  jws: GeneralJws,
  type: string,
  schema: z.ZodType<T>,
  pinnedKey: PublicJwk,
  { fleet, device }: Addressee,
): Promise<Result<T, AddressedFault>> {
  const opened = await openDocument(jws, type, pinnedKey);
  if (!opened.ok) return opened;
  const parsed = schema.safeParse(opened.value.payload);
  if (!parsed.success) {
    return fault('malformed', `payload: ${describeProblems(fieldProblems(parsed.error))}`);
  }
  const document = parsed.data;
  if (document.fleet !== fleet) {
    return fault('foreign-fleet', `for fleet "${document.fleet}", this device belongs to "${fleet}"`);
  }
  if (document.device !== device) {
    return fault('foreign-device', `for device "${document.device}", this is "${device}"`);
  }
  return ok(document);
}

const fault = (name: AddressedFault['fault'], detail: string) => err({ fault: name, detail });
