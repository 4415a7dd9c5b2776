import { SetMetadata } from '@nestjs/common';

export const SECRET_ANSWER = 'hamon:secret-answer';

/** The answer holds a secret that is shown once: it must not be stored to be given again. */
export const SecretAnswer = (): MethodDecorator => SetMetadata(SECRET_ANSWER, true);
