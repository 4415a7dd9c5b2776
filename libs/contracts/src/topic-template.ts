/** The parameters of a topic template: `'a/{fleet}/b/{device}'` → `'fleet' | 'device'`. */
export type ParameterOf<Template extends string> =
  Template extends `${string}{${infer Parameter}}${infer Rest}` ? Parameter | ParameterOf<Rest> : never;

/** Replaces every `{parameter}`; the caller checks whether a value fits into one level. */
export function fillTemplate(template: string, valueOf: (parameter: string) => string): string {
  return template.replace(/\{([a-z0-9]+)\}/g, (_, parameter: string) => valueOf(parameter));
}
