import type { Config } from '@tfjs-moe/core';
import { gaugeOf, type MixingMeasure, measureSpecs } from '@tfjs-moe/measures';
import { firstDerivative, gridInput, gridParams, paramLabels, type Ring } from '@tfjs-moe/numerics';
import { competitiveFamily } from '../second-order/competitive.ts';
import type { FunctionLabel, LabelledFamily } from '../verdict/labelled-family.ts';
import { gateForm } from './gate-form.ts';
import { idealOps } from './ideal-ops.ts';
import { functionLabel } from './labels.ts';
import { sigmoidJacobian } from './sigmoid-jacobian.ts';

/**
 * The Jacobian of a mixture, $\partial f_G / \partial\theta$ for every parameter that the gauge leaves free.
 *
 * If these functions are linearly independent, atoms that are fitted exactly are estimated at the parametric rate
 * $n^{-1/2}$; if not, the relation names the direction in which the mixture does not change to first order.
 *
 * Without divisions where the form of the gate is known: with a common factor, which ties no knots.
 */
export function jacobianFamily(of: MixingMeasure): LabelledFamily {
  const form = gateForm(of.gate);
  if (form?.kind === 'sigmoid') return sigmoidJacobian(of, form);
  if (form?.kind !== 'competitive') return routedJacobian(of);
  const { inputDim, labels, evaluate } = competitiveFamily(of, form, []);
  return { inputDim, labels, evaluate: (ring, x) => evaluate(ring, x).free };
}

/** Of any gate, through its routing. */
function routedJacobian(of: MixingMeasure): LabelledFamily {
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
      const ops = idealOps(withDense(of, ring), 1);
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

/** Gates without a selection still compare weights with a bound that they always exceed, which any ring can do. */
function withDense<S>({ gate }: MixingMeasure, ring: Ring<S>): Ring<S> {
  return isDense(gate.config) ? { ...ring, greater: () => ring.constant(1) } : ring;
}

function isDense({ kind, threshold, outer, inner }: Config): boolean {
  if (kind === 'hierarchical') return isDense(outer as Config) && isDense(inner as Config);
  return kind === 'softmax' || kind === 'sigmoid' || (kind === 'temperature' && threshold === 0);
}
