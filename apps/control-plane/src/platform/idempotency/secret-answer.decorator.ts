import { SetMetadata } from '@nestjs/common';

export const SECRET_ANSWER = 'hamon:secret-answer';

/** The answer holds a secret that is shown once: it is not stored for repetitions. */
export const SecretAnswer = (): MethodDecorator => SetMetadata(SECRET_ANSWER, true);
