export * from './api-client.js';
export * from './api-error.js';
export { decode } from './decode.js';
export { unreachable } from './failure.js';
export type { AnswerOf, BodyOf, ItemOf, ListRoute, ParamsOf, QueryOf, Route } from './routes.js';
export * from './upload-artifact.js';
