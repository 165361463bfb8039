/**
 * fast-check as tests get it: with the same seed in every run, so that what passes today passes tomorrow. The environment's
 * PROPERTY_SEED sets another; `pnpm properties` tries many.
 */
import { createRequire } from 'node:module';

// Not by an import, which would lead here again.
const { default: fc } = createRequire(import.meta.url)('fast-check');
fc.configureGlobal({ seed: Number(process.env.PROPERTY_SEED ?? 1) });
export default fc;
