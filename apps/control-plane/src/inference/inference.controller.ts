import { Readable } from 'node:stream';
import { Body, Controller, Headers, HttpCode, Param, Post } from '@nestjs/common';
import { InferenceResultView, ModelName, type InferenceResult } from '@hamon/contracts';
import { Caller, DeviceOrAdmin } from '../platform/http/access.decorators.js';
import { actorOf, type Caller as AnyCaller } from '../platform/http/caller.js';
import { ControlPlaneError } from '../platform/errors.js';
import { readBody } from '../platform/http/read-body.js';
import { zod } from '../platform/http/zod.pipe.js';
import { Api } from '../platform/openapi/api.decorator.js';
import { CloudInferenceService } from './cloud-inference.service.js';
import { asRead } from './former-result.js';

const MAX_FRAME_BYTES = 16 * 1024 * 1024;
/** Far above any deadline that a device sets: room for the frame is not held for longer. */
const FRAME_WITHIN_MS = 15_000;
const IMAGES = ['image/png', 'image/jpeg'];
const TENSOR = 'application/octet-stream';
/** The media type's parameter. */
const FORM = /;\s*form="?([\da-f]{64})"?\s*(?:;|$)/i;

/** The cloud fallback. */
@Controller('v1/inference')
@DeviceOrAdmin()
export class InferenceController {
  constructor(private readonly inference: CloudInferenceService) {}

  @Post(':model')
  @HttpCode(200)
  @Api({
    summary:
      'Answer one frame with the cloud model: an image, or a little-endian float32 tensor (with form=SHA256, refused where it was made for another input)',
    params: { model: ModelName },
    fileBody: [...IMAGES, TENSOR],
    answer: InferenceResultView,
  })
  async infer(
    @Caller() caller: AnyCaller,
    @Param('model', zod(ModelName, 'model')) model: string,
    @Headers('content-type') contentType: string | undefined,
    @Headers('content-length') length: string | undefined,
    @Headers('accept') accept: string | undefined,
    @Body() body: unknown,
  ): Promise<InferenceResult> {
    const type = contentType?.split(';')[0]?.trim().toLowerCase() ?? '';
    const kind = IMAGES.includes(type) ? 'image' : type === TENSOR ? 'tensor' : undefined;
    if (!kind || !(body instanceof Readable)) {
      throw new ControlPlaneError('unsupported-media-type', `Send ${[...IMAGES, TENSOR].join(', ')}.`);
    }
    if (Number(length ?? 0) > MAX_FRAME_BYTES) {
      throw new ControlPlaneError('payload-too-large', `A frame has at most ${MAX_FRAME_BYTES} bytes.`);
    }
    const form = FORM.exec(contentType ?? '')?.[1];
    const maxBytes = length === undefined ? MAX_FRAME_BYTES : Number(length);
    const result = await this.inference.infer({
      fleet: caller.fleet,
      caller: actorOf(caller),
      model,
      maxBytes,
      read: async () => ({
        ...{ kind, form },
        bytes: await readBody(body, { maxBytes, withinMs: FRAME_WITHIN_MS }),
      }),
    });
    return asRead(result, caller, accept);
  }
}
