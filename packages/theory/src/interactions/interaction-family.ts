/**
 * The functions that interactions tie: $F = \exp(\text{logit})\, h$ of one atom with its first and second derivatives, or,
 * without a gate, $h$ with the factors x and $x x^\top$ that derivatives in $\beta_1$ bring.
 *
 * The logit is $\pi$ under a softmax, $\pi / \tau$ under a temperature gate, and $\pi_1 + \pi_2$ under a hierarchical
 * softmax. Biases of the gate are left out: they only scale F.
 */
import {
  type Expert,
  type Gate,
  MoeError,
  type ParamSpecs,
  prefixed,
  type Router,
  replicate,
  scoped,
} from '@tfjs-moe/core';
import { expertTraits, fewestInputs, readGate, servable } from '@tfjs-moe/measures';
import { firstDerivative, gridInput, type Ring, secondDerivative } from '@tfjs-moe/numerics';
import { derivativeList } from '@tfjs-moe/numerics/exact';
import { isLearned } from '../mixture/covered-form.ts';
import { idealOps } from '../mixture/ideal-ops.ts';
import { type Member, type ParametricFamily, parametersOf, ringParams } from './parametric-family.ts';

/** $F$ and its derivatives, for the levels of a gate from the outermost on. */
export function gatedFamily(levels: readonly Gate[], expert: Expert, inputDim: number): ParametricFamily {
  const logits = levels.map((level) => readGate(level, servable(level))?.logits);
  const routers = levels.map(({ kind, router }, i) => {
    const found = logits[i]?.router ?? router;
    if (found !== undefined) return found;
    throw new MoeError('interactions', 'every level must be a gate with one router', kind);
  });
  const hasTemperature = levels.some((level, i) => logits[i] !== undefined && isLearned(level, logits[i]));
  const specs = gatedSpecs(routers, hasTemperature, expert, inputDim);
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
      const scores = routers.map((router, level) =>
        router.logit(ops, input, scoped(routerPath(routers, level), p)),
      );
      const total = scores.reduce(ops.add);
      const weight = ops.exp(hasTemperature ? ops.div(total, p.temperature!) : total);
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

function gatedSpecs(
  routers: readonly Router[],
  hasTemperature: boolean,
  expert: Expert,
  inputDim: number,
): ParamSpecs {
  return Object.assign(
    {},
    ...routers.map((router, level) =>
      prefixed(routerPath(routers, level), replicate(router.params(inputDim), 1)),
    ),
    hasTemperature ? { temperature: { shape: [1], initializer: { kind: 'ones' }, copies: 1 } } : {},
    prefixed('expert', replicate(expert.params(inputDim, 1), 1)),
  );
}

const routerPath = (routers: readonly Router[], level: number) =>
  routers.length === 1 ? 'router' : `router_${level + 1}`;

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
