import { type ExpertCase, isStrong } from './expert-case.ts';
import { type Claim, exact, overFitted, strongly } from './over-fitted.ts';
import { functionRate, papers, type Rate } from './rate.ts';
import type { CounterexampleName } from './tried.ts';

/** Of the sigmoid gate: 1 where an over-specified atom has $\beta_1 = 0$, 2 where it has not. */
export type Regime = 1 | 2;

/**
 * Rates under the sigmoid gate. Regime 1: every over-specified atom has $\beta_1 = 0$. Regime 2: some has not, so that two
 * gates cannot add up to its own. The paper takes the model to be misspecified then, with one best approximation; for
 * experts with an amplitude it is neither, since two atoms with one gate add up (`amplitudeSplit`).
 */
export function sigmoidRates(
  expert: ExpertCase,
  regime: Regime,
  overSpecified: boolean,
  counterexample: CounterexampleName | undefined,
): Rate[] {
  const source = `${papers.sigmoid}, Regime ${regime}`;
  if (!overSpecified || regime === 1) {
    return [
      functionRate(source),
      exact(expert, source),
      ...(overSpecified ? [overFitted(claimInRegimeOne(expert, source), counterexample, source)] : []),
    ];
  }
  const isLost = counterexample !== undefined;
  const exactly = exact(expert, source, isStrong(expert) && !isLost);
  return [
    functionRate(
      source,
      isLost
        ? undefined
        : 'measured from the best approximation, which may be the truth with an atom that is 0',
    ),
    exactly.status === 'proved in the paper' ? { ...exactly, note: weakNote } : exactly,
    overFitted(claimInRegimeTwo(expert, source), counterexample, source),
  ];
}

const weakNote =
  'weak identifiability, read literally with all atoms pooled, fails for two linear experts; what is needed is the ' +
  'Jacobian of the model at the best approximation, which must be unique: where an expert can be 0, an atom with that ' +
  'expert has any gate, and the promise is one of the other atoms';

function claimInRegimeOne(expert: ExpertCase, source: string): Claim | undefined {
  if (isOfTable(expert, 'good')) return strongly(source);
  return isOfTable(expert, 'weak') || expert.class === 'input-free'
    ? { rate: 'slower than any polynomial', source }
    : undefined;
}

function claimInRegimeTwo(expert: ExpertCase, source: string): Claim | undefined {
  if (expert.class === 'input-free') return { rate: 'slower than any polynomial', source };
  const isClaimed = isOfTable(expert, 'good') || isOfTable(expert, 'weak');
  return isClaimed ? { rate: 'n^(-1/2)', source, note: weakNote } : undefined;
}

/** The columns of the paper's table: networks with ReLU or GELU, and polynomials, lines among them. */
function isOfTable(expert: ExpertCase, column: 'good' | 'weak'): boolean {
  const { class: of, hasBias, twoLayer } = expert;
  if (column === 'weak') return (of === 'linear' || of === 'polynomial') && hasBias;
  return isStrong(expert) || (of === 'relu' && hasBias) || (of === 'output scale' && twoLayer === 'relu');
}
