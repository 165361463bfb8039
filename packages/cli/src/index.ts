/** What a study of one's own in TypeScript is written with; everything else of this package is the command `moe`. */
export type { Arm, Claim, FitPlan, MeasureConfig, Study } from './study/study.ts';
