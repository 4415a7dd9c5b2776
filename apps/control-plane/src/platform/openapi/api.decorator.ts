import 'reflect-metadata';
import { applyDecorators, SetMetadata } from '@nestjs/common';
import type { Reflector } from '@nestjs/core';
import {
  ApiBearerAuth,
  ApiBody,
  ApiConsumes,
  ApiOperation,
  ApiParam,
  ApiQuery,
  ApiResponse,
} from '@nestjs/swagger';
import { Problem, type DocumentSchema, type DocumentType } from '@hamon/contracts';
import { z } from 'zod';

export interface ApiOptions {
  readonly summary: string;
  readonly body?: z.ZodType;
  /** Media types of a body that is a file. */
  readonly fileBody?: readonly string[];
  readonly query?: z.ZodObject;
  readonly params?: Readonly<Record<string, z.ZodType>>;
  /** Absent: no content, or no JSON. */
  readonly answer?: DocumentType;
  readonly status?: number;
  /** The route needs no token. */
  readonly open?: boolean;
}

type JsonSchema = Record<string, unknown>;

const ANSWER_SCHEMA = 'hamon:answer-schema';

/** The `schema` member of what a route answers; undefined where that is no JSON. */
export const answerSchemaOf = (reflector: Reflector, handler: () => unknown): DocumentSchema | undefined =>
  reflector.get<DocumentSchema | undefined>(ANSWER_SCHEMA, handler);

/** Describes a route in OpenAPI by the same schemas that its pipes check, and says what kind of document it answers. */
export function Api(options: ApiOptions): MethodDecorator {
  const { summary, body, fileBody, query, params, answer, status = 200, open } = options;
  const decorators: MethodDecorator[] = [plainParameterTypes, ApiOperation({ summary })];
  if (answer) decorators.push(SetMetadata(ANSWER_SCHEMA, answer.shape.schema.value));
  if (!open) decorators.push(ApiBearerAuth() as MethodDecorator);
  if (body) decorators.push(ApiBody({ schema: schemaOf(body, 'input') }));
  for (const [name, schema] of Object.entries(params ?? {})) {
    decorators.push(ApiParam({ name, schema: schemaOf(schema, 'input') }));
  }
  // The object knows what may be left out; a field that may be absent still refuses to be undefined.
  const required = query ? ((schemaOf(query, 'input')['required'] ?? []) as readonly string[]) : [];
  for (const [name, schema] of Object.entries(query?.shape ?? {})) {
    const { anyOf: _, ...parameter } = schemaOf(schema as z.ZodType, 'input');
    decorators.push(ApiQuery({ name, required: required.includes(name), schema: parameter }));
  }
  if (fileBody) decorators.push(ApiConsumes(...fileBody), ApiBody({ schema: BINARY }));
  decorators.push(
    ApiResponse(answer ? { status, schema: schemaOf(answer, 'output') } : { status }),
    ApiResponse({
      status: 'default',
      description: 'RFC 9457 problem details',
      schema: schemaOf(Problem, 'output'),
    }),
  );
  return applyDecorators(...decorators);
}

/**
 * Compilers differ in the metadata they emit for a parameter whose type shares its name with a schema: some emit the
 * schema, which is no class, and the explorer of parameters takes any metadata for a class.
 */
const plainParameterTypes: MethodDecorator = (target, key) => {
  const types = Reflect.getMetadata(PARAMETER_TYPES, target, key) as unknown[] | undefined;
  const plain = types?.map((type) => (typeof type === 'function' ? type : Object));
  if (plain) Reflect.defineMetadata(PARAMETER_TYPES, plain, target, key);
};
const PARAMETER_TYPES = 'design:paramtypes';

const BINARY = { type: 'string', format: 'binary' };

/** Refinements have no JSON Schema: the problem that they answer says what they check. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const { $schema: _, ...json } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    target: 'openapi-3.0',
  });
  return json as JsonSchema;
}
