/** The numbers of a run, in sentences: they are written as they came out, whoever is ahead. */
import type { BuiltNames } from './built.ts';

type Trainings = BuiltNames['trainings'];

/** Mean of the bits of a role over the seeds, and how far the seeds lie apart. */
export function spreadOf(
  trainings: Trainings,
  role: string,
): { mean: string; least: string; most: string; steps: string } {
  const own = trainings.filter((each) => each.role === role);
  const bits = own.map((each) => each.bits);
  const steps = [...new Set(own.map((each) => each.steps))].sort((a, b) => a - b);
  return {
    mean: (bits.reduce((sum, value) => sum + value, 0) / bits.length).toFixed(3),
    least: Math.min(...bits).toFixed(3),
    most: Math.max(...bits).toFixed(3),
    steps: steps.length === 1 ? `${steps[0]}` : `${steps[0]} to ${steps.at(-1)}`,
  };
}

/** `0.021 bits ahead (0.015 to 0.030), under every seed`: of the mixture against another role, seed by seed. */
export function against(trainings: Trainings, role: string): string {
  const ahead = trainings
    .filter((each) => each.role === role)
    .map(
      (each) =>
        each.bits - trainings.find(({ role: of, seed }) => of === 'mixture' && seed === each.seed)!.bits,
    );
  const mean = ahead.reduce((sum, value) => sum + value, 0) / ahead.length;
  const ends = ahead.map((value) => Math.sign(mean) * value).sort((a, b) => a - b);
  const seeds =
    ends[0]! > 0 ? `under each of ${ends.length} seeds` : `but not under every one of ${ends.length} seeds`;
  const range = `${ends[0]!.toFixed(3)} to ${ends.at(-1)!.toFixed(3)}`.replaceAll('-', '−');
  return `${Math.abs(mean).toFixed(3)} bits ${mean > 0 ? 'ahead' : 'behind'} (${range}), ${seeds}`;
}
