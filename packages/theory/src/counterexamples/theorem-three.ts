import { expectInteger, MoeError } from '@tfjs-moe/core';
import { atomNumbers, gateTraits, type MixingMeasure } from '@tfjs-moe/measures';
import { isLinear } from '../mixture/covered-form.ts';
import { expectTruth, type SequenceMember } from './counterexample.ts';
import { kernelName } from './names.ts';
import { rescaledTemperature } from './rescaled-temperature.ts';

/** Options of `theoremThree`. */
export interface TheoremThreeOptions {
  readonly n: number;
  /** The exponent of the loss. */
  readonly r: number;
}

/**
 * The sequence behind Theorem 3, for a temperature gate with a linear router and any expert: $\tau + 1/n$, with
 * $\beta_1$ and $\beta_0$ in proportion.
 *
 * The functions are equal for every n, while $D_{3,r} = \sum_i e^{\beta_{0i}/\tau}(\lVert\Delta\beta_{1i}\rVert^r +
 * |\Delta\tau|^r)$ is of order $n^{-r}$.
 */
export function theoremThree(truth: MixingMeasure, options: TheoremThreeOptions): SequenceMember {
  const who = 'theoremThree';
  expectTruth(who, truth, options, ['n', 'r']);
  const { n, r } = options;
  expectInteger(who, 'n', n, { min: 1 });
  expectInteger(who, 'r', r, { min: 1 });
  const { form } = gateTraits(truth.gate, truth.experts);
  const isOfTheorem = form?.type === 'competitive' && isLinear(form.router) && form.bias !== undefined;
  if (!isOfTheorem || form.temperature === undefined) {
    throw new MoeError(
      who,
      'the gate must be a temperature with a bias over a linear router',
      truth.gate.kind,
    );
  }
  const { bias, temperature } = form;
  const kernel = kernelName(truth);
  const tau = truth.gateParams[temperature]![0]!;
  const { other } = rescaledTemperature(truth, { factor: 1 + 1 / (n * tau) });
  let loss = 0;
  for (let atom = 0; atom < truth.experts; atom++) {
    const mass = Math.exp(atomNumbers(truth, 'gate', bias!, atom)[0]! / tau);
    const length = Math.hypot(...atomNumbers(truth, 'gate', kernel, atom));
    loss += mass * ((length / (n * tau)) ** r + n ** -r);
  }
  return {
    name: `Theorem 3, n = ${n}, r = ${r}`,
    statement: 'a learned temperature over a linear router: no expert is estimated at a polynomial rate',
    latex: 'f_{G_n} = f_{G_*},\\quad \\mathcal D_{3,r}(G_n, G_*) \\asymp n^{-r}',
    source: 'Nguyen, Ho and Rinaldo (2025), arXiv:2503.03213, Theorem 3 and equation (16)',
    truth,
    other,
    n,
    r,
    loss,
  };
}
