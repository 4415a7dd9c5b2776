import { z } from 'zod';

/** The `schema` member of a document: what it is, and the major version of its form. */
export type DocumentSchema = `hamon.${string}/${number}`;

/** What goes over the wire as a JSON document of its own. */
export type DocumentType = z.ZodObject<{ readonly schema: z.ZodLiteral<DocumentSchema> }>;

/**
 * A view as the HTTP API answers it: with the name of its kind, so that a stored answer says what it is. Items of a list
 * carry none; the list does.
 */
export const documentOf = <K extends string, S extends z.ZodRawShape>(kind: K, view: z.ZodObject<S>) =>
  z.object({ schema: z.literal(`hamon.${kind}/1`) }).extend(view.shape);
