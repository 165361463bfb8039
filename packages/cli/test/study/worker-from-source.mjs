/** The worker of a study, straight from the TypeScript sources. */
import '../../../../scripts/from-source.mjs';

await import('../../src/study/worker.ts');
