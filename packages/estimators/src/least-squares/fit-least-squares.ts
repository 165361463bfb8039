import type { LeastSquaresFit } from './fit.ts';
import { checkOptions, type LeastSquaresOptions } from './options.ts';
import { report } from './report.ts';
import { search } from './search.ts';
import { settingOf } from './setting.ts';

/**
 * Least squares over mixtures of at most k experts, $\hat G_n \in \arg\min_{G \in \mathcal G_k(\Theta)} \sum_i v_i
 * \bigl(y_i - f_G(x_i)\bigr)^2$, for every gate and expert that has a definition over Ops.
 *
 * Levenberg-Marquardt with exact derivatives from several starts. A large sample is fitted in stages: all starts on a
 * subsample for a few steps, the best of them on the subsample until little is left to gain, and the best one on all rows.
 * Where a gate selects experts, the sum of squares jumps, and between the second stage and the last the search hops.
 * For a mixture of densities, where each expert has noise of its own, take maximum likelihood.
 *
 * Source: Nguyen, Ho and Rinaldo (2025), arXiv:2503.03213, equations (3), (13) and (21).
 *
 * @throws MoeError on bad options or data, and where the function is finite at no start
 */
export function fitLeastSquares<const GateKind extends string, const ExpertKind extends string>(
  options: LeastSquaresOptions<GateKind, ExpertKind>,
): LeastSquaresFit {
  const setting = settingOf(checkOptions(options));
  return report(setting, search(setting));
}
