/**
 * The Jacobian of a mixture, $\partial f_G / \partial\theta$ for every parameter that the gauge leaves free.
 *
 * If these functions are linearly independent, atoms that are fitted exactly are estimated at the parametric rate
 * $n^{-1/2}$; if not, the relation names the direction in which the mixture does not change to first order.
 */
import { type MixingMeasure, measureSpecs } from '@tfjs-moe/core';
import {
  firstDerivative,
  gridInput,
  gridOps,
  gridParams,
  jets,
  paramLabels,
  type Ring,
} from '@tfjs-moe/numerics';
import type { FunctionLabel, LabelledFamily } from '../verdict/labelled-family.ts';
import { gaugeOf } from './gauge.ts';
import { functionLabel } from './labels.ts';

export function jacobianFamily(of: MixingMeasure): LabelledFamily {
  const specs = measureSpecs(of);
  const gateNames = paramLabels(specs.gate);
  const fixed = new Set(gaugeOf(of.gate.config, of.experts).map(({ name, copy }) => `${name}#${copy}`));
  const free: number[] = [];
  const labels: FunctionLabel[] = [];
  [...gateNames, ...paramLabels(specs.expert)].forEach((label, index) => {
    const copy = Number(/#(\d+)$/.exec(label)?.[1] ?? 0);
    const isGate = index < gateNames.length;
    if (isGate && fixed.has(`${label.slice(0, label.indexOf('['))}#${copy}`)) return;
    free.push(index);
    const named = functionLabel([], [`${isGate ? 'gate' : 'expert'}/${label}`], 'f');
    labels.push(isGate ? named : { ...named, atom: copy });
  });
  return {
    inputDim: of.inputDim,
    labels,
    evaluate<S>(ring: Ring<S>, x: readonly S[]): S[] {
      const ops = gridOps(jets(withSelection(of, ring), 1));
      const input = gridInput(x);
      const { weights } = of.gate.route(ops, input, gridParams(ring, specs.gate, of.gateParams), {
        experts: of.experts,
        training: false,
      });
      const p = gridParams(ring, specs.expert, of.expertParams, gateNames.length);
      const output = ops.mul(weights, of.expert.apply(ops, input, p));
      const jet = ops.sumExperts(output).entries[0]!;
      return free.map((index) => firstDerivative(ring, jet, index));
    },
  };
}

/** A temperature gate without threshold compares weights of a softmax with zero: they are above it, in any ring. */
function withSelection<S>({ gate }: MixingMeasure, ring: Ring<S>): Ring<S> {
  if (gate.kind !== 'temperature' || gate.config.threshold !== 0) return ring;
  return { ...ring, greater: () => ring.constant(1) };
}
