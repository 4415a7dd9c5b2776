import { z } from 'zod';

/**
 * A document that is read in its current form or, for ever, in a former one, which becomes the current one as it is read.
 * What is neither is told about as the current one would be.
 */
export const versioned = <Current>(
  current: z.ZodType<Current>,
  former: { readonly schema: string; readonly reader: z.ZodType<Current> },
) =>
  z.unknown().transform((input, context): Current => {
    const isFormer =
      typeof input === 'object' && input !== null && 'schema' in input && input.schema === former.schema;
    const parsed = (isFormer ? former.reader : current).safeParse(input);
    if (parsed.success) return parsed.data;
    for (const { path, message } of parsed.error.issues) {
      context.issues.push({ code: 'custom', path: [...path], message, input });
    }
    return z.NEVER;
  });
