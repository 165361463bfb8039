import { type Activation, type GateOps, type Runs, runCount } from '@tfjs-moe/core';
import { activation, exp, greater, log, sqrt } from './elementary.ts';
import { type Expression, type Expressions, GUARD } from './expression.ts';
import { product, times } from './products.ts';
import { isCommon } from './properties.ts';
import { runsWithin } from './runs.ts';
import { logSumExp, rank, softmax, sumExperts } from './shares.ts';
import { constant, sum } from './sums.ts';
import { dot, matmul, take } from './totals.ts';

/**
 * GateOps, and with it Ops, that write down what a definition does instead of doing it: values are expressions in normal
 * form.
 */
export function recorder(of: Expressions): GateOps<Expression> {
  const plus = (a: Expression, b: Expression, sign: 1 | -1) =>
    sum(of, [
      { term: a, coefficient: 1 },
      { term: b, coefficient: sign },
    ]);
  let unknown = 0;
  /** Equal to nothing but itself. */
  const other = (inside: readonly Expression[], name: string) =>
    of.make('other', inside, { name, numbers: [unknown++] });

  function affine(x: Expression, kernel: Expression, bias?: Expression, name?: Activation): Expression {
    const product = matmul(of, x, kernel);
    const value = bias === undefined ? product : plus(product, bias, 1);
    return name === undefined ? value : activation(of, name, value);
  }

  function inGroups(groups: Runs): GateOps<Expression> {
    return {
      constant: (value) => constant(of, value),
      guard: (value) => of.make('constant', [], { name: GUARD, numbers: [value] }),
      add: (a, b) => plus(a, b, 1),
      sub: (a, b) => plus(a, b, -1),
      mul: (a, b) => times(of, a, b),
      div: (a, b) =>
        product(of, [
          { factor: a, exponent: 1 },
          { factor: b, exponent: -1 },
        ]),
      exp: (a) => exp(of, a),
      log: (a) => log(of, a),
      sqrt: (a) => sqrt(of, a),
      activation: (name: Activation, a) => activation(of, name, a),
      take: (a, features) => take(of, a, features),
      dot: (a, b) => dot(of, a, b),
      affine,
      softmax: (logits) => softmax(of, groups, logits),
      logSumExp: (logits) => logSumExp(of, groups, logits),
      sumExperts: (a) => sumExperts(of, groups, a),
      topK: (scores, k) => Array.from({ length: k }, (_, i) => rank(of, groups, scores, i)),
      greater: (a, b) => greater(of, a, b),
      greaterOrEqual: (a, b) => plus(of.one, greater(of, b, a), -1),
      normalCdf: (a) => of.make('normalCdf', [a]),
      stopGradient: (a) => (a.inside.length === 0 ? a : of.make('stop', [a])),
      noise: (distribution, like) => other([like], distribution),
      sumTokens: (a) => other([a], 'sumTokens'),
      meanTokens: (a) => other([a], 'meanTokens'),
      softmaxTokens: (a) => other([a], 'softmaxTokens'),
      topTokens: (a) => other([a], 'topTokens'),
      inSequences: () => inGroups(groups),
      expertNumbers: () => other([], 'expertNumbers'),
      lookup: (table, index) => other([table, index], 'lookup'),
      within: (inner) => inGroups(runsWithin(groups, inner)),
      withinSizes: (sizes) => inGroups(runsWithin(groups, sizes)),
      spread(a, { experts }) {
        if (a.experts === 1 || (a.experts === experts && isCommon(a, groups))) return a;
        if (typeof groups === 'number') return of.make('spread', [a], { experts });
        if (a.experts !== runCount(groups)) return other([a], 'spread');
        return of.make('spread', [a], { experts, name: `${groups}` });
      },
      runs: (a, sizes) => sizes.map(() => other([a], 'runs')),
      joined: (runs) => other(runs, 'joined'),
    };
  }
  return inGroups(1);
}
