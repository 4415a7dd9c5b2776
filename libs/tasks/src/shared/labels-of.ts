/** The labels of things, each once, in alphabetical order. */
export const labelsOf = (things: readonly { readonly label: string }[]): string[] =>
  [...new Set(things.map(({ label }) => label))].sort();
