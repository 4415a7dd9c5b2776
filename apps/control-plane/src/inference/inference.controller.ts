import type { Readable } from 'node:stream';
import { Body, Controller, Headers, HttpCode, Param, Post } from '@nestjs/common';
import { InferenceResult, ModelName } from '@hamon/contracts';
import { Caller, DeviceOrAdmin } from '../access/access.decorators.js';
import type { Caller as CallerOf } from '../access/caller.js';
import { ControlPlaneError } from '../platform/errors.js';
import { readBody } from '../platform/http/read-body.js';
import { zod } from '../platform/http/zod.pipe.js';
import { Api } from '../platform/openapi/api.decorator.js';
import { type CloudFrame, CloudInferenceService } from './cloud-inference.service.js';

const MAX_FRAME_BYTES = 16 * 1024 * 1024;
const TENSOR = 'application/octet-stream';
const MEDIA_TYPES = ['image/png', 'image/jpeg', TENSOR];

@Controller('v1/inference')
@DeviceOrAdmin()
export class InferenceController {
  constructor(private readonly inference: CloudInferenceService) {}

  @Post(':model')
  @HttpCode(200)
  @Api({
    summary: 'Ask the cloud model',
    params: { model: ModelName },
    fileBody: MEDIA_TYPES,
    answer: InferenceResult,
  })
  async infer(
    @Caller() caller: CallerOf,
    @Param('model', zod(ModelName, 'model')) model: string,
    @Headers('content-type') contentType: string | undefined,
    @Body() body: Readable,
  ): Promise<InferenceResult> {
    const mediaType = (contentType ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
    if (!MEDIA_TYPES.includes(mediaType)) {
      throw new ControlPlaneError(
        'unsupported-media-type',
        `content-type must be one of ${MEDIA_TYPES.join(', ')}.`,
      );
    }
    const frame = frameOf(mediaType, await readBody(body, MAX_FRAME_BYTES));
    return this.inference.infer(caller.fleet, model, frame);
  }
}

function frameOf(mediaType: string, bytes: Buffer): CloudFrame {
  if (mediaType !== TENSOR) return { kind: 'image', bytes };
  if (bytes.length === 0 || bytes.length % 4 !== 0) {
    throw new ControlPlaneError(
      'input-refused',
      `A tensor is float32: ${bytes.length} bytes are no multiple of 4.`,
    );
  }
  // Copied: a body may begin at any offset, floats may not.
  return { kind: 'tensor', data: new Float32Array(new Uint8Array(bytes).buffer) };
}
