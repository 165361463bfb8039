import type { ExpertClass } from './classify.ts';
import { exact, overFitted } from './over-fitted.ts';
import { atomRates, functionRate, papers, type Rate } from './rate.ts';

/** Of the sigmoid gate: 1 where an over-specified atom has $\beta_1 = 0$, 2 where it has not. */
export type Regime = 1 | 2;

/**
 * Rates under the sigmoid gate. Regime 1: every over-specified atom has $\beta_1 = 0$. Regime 2: some has not, so the
 * model is misspecified and the estimates converge to the best approximation.
 */
export function sigmoidRates(expert: ExpertClass, regime: Regime, overSpecified: boolean): Rate[] {
  const source = `${papers.sigmoid}, Regime ${regime}`;
  if (!overSpecified || regime === 1) {
    const theorems = {
      strong: source,
      weak: { linear: source, polynomial: source, 'input-free': source },
    };
    return [
      functionRate(source),
      exact(expert, source),
      ...(overSpecified ? [overFitted(expert, theorems)] : []),
    ];
  }
  return [
    functionRate(source, 'measured from the best approximation, not from the truth'),
    exact(isWeakly(expert) ? 'smooth' : 'other', source),
    regimeTwo(expert, source),
  ].map((entry) => (entry.quantity === 'exact atoms' ? { ...entry, note: weakNote } : entry));
}

const weakNote =
  'weak identifiability, read literally with all atoms pooled, fails for two linear experts; what is needed is the ' +
  'Jacobian of the model at the best approximation';

/** Weakly identifiable, in the words of the paper. */
function isWeakly(expert: ExpertClass): boolean {
  return expert === 'smooth' || expert === 'relu' || expert === 'polynomial' || expert === 'linear';
}

function regimeTwo(expert: ExpertClass, source: string): Rate {
  if (expert === 'input-free') {
    return atomRates('over-fitted atoms', {
      rate: 'slower than any polynomial',
      status: 'proved in the paper',
      source,
    });
  }
  const covered = isWeakly(expert);
  return atomRates('over-fitted atoms', {
    rate: covered ? 'n^(-1/2)' : 'unknown',
    status: covered ? 'proved in the paper' : 'not covered',
    source,
    note: weakNote,
  });
}
