/**
 * The functions that interactions tie: $F = w\, h$ of one atom with its first and second derivatives, or, without a gate,
 * $h$ with the factors x and $x x^\top$ that derivatives in $\beta_1$ bring.
 *
 * The weight w is $\exp(\pi)$ under a softmax, $\exp(\pi / \tau)$ under a temperature gate, $\sigma(\pi + \beta_0)$ under a
 * sigmoid, and the product of those of its levels under a hierarchical gate. Biases of exponentials are left out: they
 * only scale F.
 */
import { type Expert, type ParamSpecs, prefixed, replicate, scoped } from '@tfjs-moe/core';
import { expertTraits, fewestInputs } from '@tfjs-moe/measures';
import { firstDerivative, gridInput, type Ring, secondDerivative } from '@tfjs-moe/numerics';
import { derivativeList } from '@tfjs-moe/numerics/exact';
import { idealOps } from '../mixture/ideal-ops.ts';
import type { Level } from './levels.ts';
import { type Member, type ParametricFamily, parametersOf, ringParams } from './parametric-family.ts';

/** $F$ and its derivatives, for the levels of a gate from the outermost on. */
export function gatedFamily(levels: readonly Level[], expert: Expert, inputDim: number): ParametricFamily {
  const specs = gatedSpecs(levels, expert, inputDim);
  const parameters = parametersOf(specs);
  const all = parameters.map((_, i) => i);
  return {
    inputDim,
    parameters,
    subject: 'F',
    outputWeights: outputWeightsOf(expert),
    members: [
      { factors: [], derivatives: [] },
      ...all.map((i): Member => ({ factors: [], derivatives: [i] })),
      ...all.flatMap((i) => all.slice(0, i + 1).map((j): Member => ({ factors: [], derivatives: [j, i] }))),
    ],
    evaluate<S>(ring: Ring<S>, x: readonly S[], values: readonly S[]): S[] {
      const ops = idealOps(ring);
      const p = ringParams(ring, specs, values);
      const input = gridInput(x);
      const factors = levels.map(({ weight, router, hasTemperature, hasBias }, i) => {
        let score = router.logit(ops, input, scoped(nameOf('router', levels, i), p));
        if (hasBias) score = ops.add(score, p[nameOf('bias', levels, i)]!);
        if (hasTemperature) score = ops.div(score, p[nameOf('temperature', levels, i)]!);
        return weight === 'sigmoid' ? ops.activation('sigmoid', score) : ops.exp(score);
      });
      const weight = factors.reduce(ops.mul);
      const [jet] = ops.mul(weight, expert.apply(ops, input, scoped('expert', p))).entries;
      return derivativeList(ring, jet!, 0, parameters.length);
    },
  };
}

/** Of experts that end linearly in some parameters and not in others. */
function outputWeightsOf(expert: Expert): string[] {
  const { linearIn = [] } = expertTraits(expert);
  const isWhole =
    linearIn.length === Object.keys(fewestInputs((inputDim) => expert.params(inputDim, 1)).specs).length;
  return isWhole ? [] : linearIn.map((name) => `expert/${name}`);
}

function gatedSpecs(levels: readonly Level[], expert: Expert, inputDim: number): ParamSpecs {
  const number = { shape: [1], initializer: { kind: 'ones' }, copies: 1 } as const;
  return Object.assign(
    {},
    ...levels.map(({ router, hasTemperature, hasBias }, i) => ({
      ...prefixed(nameOf('router', levels, i), replicate(router.params(inputDim), 1)),
      ...(hasBias && { [nameOf('bias', levels, i)]: number }),
      ...(hasTemperature && { [nameOf('temperature', levels, i)]: number }),
    })),
    prefixed('expert', replicate(expert.params(inputDim, 1), 1)),
  );
}

const nameOf = (name: string, levels: readonly Level[], level: number) =>
  levels.length === 1 ? name : `${name}_${level + 1}`;

/** The set of Definition 1 for one atom: $x^\nu \partial^{|\gamma|} h / \partial\eta^\gamma$, $|\nu| + |\gamma| \le 2$. */
export function expertFamily(expert: Expert, inputDim: number): ParametricFamily {
  const specs: ParamSpecs = prefixed('expert', replicate(expert.params(inputDim, 1), 1));
  const parameters = parametersOf(specs);
  const all = parameters.map((_, i) => i);
  const inputs = Array.from({ length: inputDim }, (_, u) => u);
  const pairs = (of: readonly number[]) => of.flatMap((i) => of.slice(0, i + 1).map((j) => [j, i]));
  const members: Member[] = [
    { factors: [], derivatives: [] },
    ...inputs.map((u) => ({ factors: [u], derivatives: [] })),
    ...all.map((i) => ({ factors: [], derivatives: [i] })),
    ...pairs(inputs).map((factors) => ({ factors, derivatives: [] })),
    ...inputs.flatMap((u) => all.map((i) => ({ factors: [u], derivatives: [i] }))),
    ...pairs(all).map((derivatives) => ({ factors: [], derivatives })),
  ];
  return {
    inputDim,
    parameters,
    subject: 'h',
    outputWeights: outputWeightsOf(expert),
    members,
    evaluate<S>(ring: Ring<S>, x: readonly S[], values: readonly S[]): S[] {
      const p = ringParams(ring, specs, values);
      const [jet] = expert.apply(idealOps(ring), gridInput(x), scoped('expert', p)).entries;
      return members.map(({ factors, derivatives: [i, j] }) => {
        const derivative =
          i === undefined
            ? jet!.value
            : j === undefined
              ? firstDerivative(ring, jet!, i)
              : secondDerivative(ring, jet!, i, j);
        return factors.reduce((value, u) => ring.dot([x[u]!], [value]), derivative);
      });
    },
  };
}
