/**
 * The fits that a number of experts was chosen from, as data and as a table.
 */
import type { Selection } from '@tfjs-moe/estimators';
import { textTable } from '../report/text-table.ts';

export interface SelectionResult {
  readonly criterion: string;
  readonly best: number;
  readonly candidates: readonly {
    readonly experts: number;
    readonly converged: boolean;
    readonly logLikelihood: number;
    readonly degreesOfFreedom: number;
    readonly aic: number;
    readonly bic: number;
    readonly icl: number;
  }[];
}

export function selectionResult({ criterion, best, candidates }: Selection): SelectionResult {
  return {
    criterion,
    best: best.experts,
    candidates: candidates.map(({ experts, fit, aic, bic, icl }) => ({
      experts,
      converged: fit.converged,
      logLikelihood: fit.logLikelihood,
      degreesOfFreedom: fit.degreesOfFreedom,
      aic,
      bic,
      icl,
    })),
  };
}

/** One line per number of experts, the chosen one marked. */
export function selectionText({ criterion, best, candidates }: Selection): string {
  const rows = [
    ['experts', 'log Lik.', 'df', 'AIC', 'BIC', 'ICL', ''],
    ...candidates.map((candidate) => {
      const { experts, fit, aic, bic, icl } = candidate;
      const remarks = [
        ...(candidate === best ? [`<- smallest ${criterion.toUpperCase()}`] : []),
        ...(fit.converged ? [] : [`not converged: ${fit.ending}`]),
      ];
      const numbers = [fit.logLikelihood, aic, bic, icl].map((value) => value.toFixed(3));
      return [`${experts}`, numbers[0]!, `${fit.degreesOfFreedom}`, ...numbers.slice(1), remarks.join('; ')];
    }),
  ];
  return textTable(rows);
}
