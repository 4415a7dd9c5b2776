import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { map, type Observable } from 'rxjs';
import { answerSchemaOf } from '../openapi/api.decorator.js';

/** Completes answers to the documents that their routes promise: `schema` first, then the view. */
@Injectable()
export class DocumentInterceptor implements NestInterceptor {
  constructor(private readonly reflector: Reflector) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const schema = answerSchemaOf(this.reflector, context.getHandler() as () => unknown);
    if (schema === undefined) return next.handle();
    // A route that writes its answer itself, such as a stream, returns nothing.
    return next.handle().pipe(map((view: object | undefined) => view && { schema, ...view }));
  }
}
