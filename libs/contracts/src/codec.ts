import { MESSAGES, messageSpec, type JsonMessageName, type MessageOf } from './messages.js';
import { describeProblems, fieldProblems } from './problem.js';
import { err, ok, type Result } from './result.js';

/** Why bytes are not the message that their topic promises. */
export interface DecodeError {
  readonly code: 'too-large' | 'not-json' | 'wrong-schema';
  readonly detail: string;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Bytes from a peer → a message, or one reason. Never throws, whatever the bytes. */
export function decodeMessage<N extends JsonMessageName>(
  name: N,
  bytes: Uint8Array,
): Result<MessageOf<N>, DecodeError> {
  const { maxBytes } = MESSAGES[name];
  if (bytes.byteLength > maxBytes) {
    return err({ code: 'too-large', detail: `${name}: ${bytes.byteLength} bytes, at most ${maxBytes}` });
  }
  let json: unknown;
  try {
    json = JSON.parse(utf8.decode(bytes));
  } catch (cause) {
    return err({
      code: 'not-json',
      detail: `${name}: ${cause instanceof Error ? cause.message : String(cause)}`,
    });
  }
  const parsed = MESSAGES[name].schema.safeParse(json);
  if (parsed.success) return ok(parsed.data as MessageOf<N>);
  return err({ code: 'wrong-schema', detail: `${name}: ${describeProblems(fieldProblems(parsed.error))}` });
}

/** A message → bytes; throws where our own message breaks its own contract, which is a bug. */
export function encodeMessage<N extends JsonMessageName>(name: N, message: MessageOf<N>): Uint8Array {
  const bytes = new TextEncoder().encode(JSON.stringify(MESSAGES[name].schema.parse(message)));
  if (bytes.byteLength > messageSpec(name).maxBytes) {
    throw new RangeError(
      `a ${name} message of ${bytes.byteLength} bytes exceeds ${messageSpec(name).maxBytes}`,
    );
  }
  return bytes;
}
