import { printableJson } from '@hamon/contracts';
import type { LoggerService } from '@nestjs/common';
import { pino, type Logger } from 'pino';

type Fields = Readonly<Record<string, unknown>>;

/** Structured logging, injectable: one JSON line each on stdout. */
export class Log {
  private constructor(private readonly logger: Logger) {}

  static atLevel(level: string): Log {
    return new Log(
      pino({
        name: 'hamon',
        level,
        redact: { paths: ['token', 'password', '*.token', '*.password'] },
        hooks: { streamWrite: printableJson },
      }),
    );
  }

  /** The same log with fields on every line. */
  with(fields: Fields): Log {
    return new Log(this.logger.child(fields));
  }

  debug(message: string, fields: Fields = {}): void {
    this.logger.debug(fields, message);
  }
  info(message: string, fields: Fields = {}): void {
    this.logger.info(fields, message);
  }
  warn(message: string, fields: Fields = {}): void {
    this.logger.warn(fields, message);
  }
  /** `cause` is logged with its stack. */
  error(message: string, cause: unknown, fields: Fields = {}): void {
    this.logger.error({ ...fields, err: cause }, message);
  }
}

/** Nest's own lines: its lines about modules and routes are for debugging. */
export function nestLogger(log: Log): LoggerService {
  const say = (message: unknown): string => String(message);
  return {
    log: (message) => log.debug(say(message)),
    debug: (message) => log.debug(say(message)),
    verbose: (message) => log.debug(say(message)),
    warn: (message) => log.warn(say(message)),
    error: (message, stack) => log.error(say(message), stack),
    fatal: (message, stack) => log.error(say(message), stack),
  };
}
