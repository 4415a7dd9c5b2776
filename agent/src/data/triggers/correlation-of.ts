/** As a record keeps it (`hamon.record/2`). */
export const MAX_CORRELATION = 256;

const MOST_BYTES = 16 * 1024;

/** What of a trigger's message comes back with its answer; an `Error` says what is wrong with it. */
export type Correlation = { readonly correlation?: string } | Error;

/**
 * `correlation` of a JSON object, as text or number; a message that is no object is the correlation itself. An empty one
 * asks without.
 */
export function correlationOf(payload: Uint8Array): Correlation {
  if (payload.length > MOST_BYTES)
    return new Error(`it has ${payload.length} bytes, at most ${MOST_BYTES} are read`);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(payload).trim();
  } catch {
    return new Error('it is no text');
  }
  return text.startsWith('{') ? ofObject(text) : checked(text);
}

function ofObject(text: string): Correlation {
  try {
    const { correlation } = JSON.parse(text) as { readonly correlation?: unknown };
    if (correlation === undefined) return {};
    if (typeof correlation === 'string') return checked(correlation);
    if (typeof correlation === 'number') return checked(String(correlation));
    return new Error('correlation must be a text or a number');
  } catch {
    return new Error('it begins like a JSON object and is none');
  }
}

function checked(correlation: string): Correlation {
  if (correlation === '') return {};
  if (correlation.length > MAX_CORRELATION) {
    return new Error(
      `its correlation has ${correlation.length} characters, at most ${MAX_CORRELATION} are kept`,
    );
  }
  return { correlation };
}
