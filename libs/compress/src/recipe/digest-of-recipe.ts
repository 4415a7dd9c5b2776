import canonicalize from 'canonicalize';
import { sha256Of } from './digest.js';

/** SHA-256 of a recipe in canonical JSON (RFC 8785), by which reports name it. */
export const digestOfRecipe = (recipe: object): string => sha256Of(canonicalize(recipe) ?? '');
