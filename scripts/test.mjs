/** `npm test [-- FILTER … | OPTION …]`: the tests whose path contains a filter, or all of them; options are Vitest's. */
process.argv.splice(2, 0, 'run');
await import('../node_modules/vitest/vitest.mjs');
