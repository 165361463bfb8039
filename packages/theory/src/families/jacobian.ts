import type { ParameterCopy } from '@tfjs-moe/core';
import { type MixingMeasure, measureSpecs, readGate } from '@tfjs-moe/measures';
import { firstDerivative, gridInput, gridParams, paramLabels, type Ring } from '@tfjs-moe/numerics';
import { coveredForm } from '../mixture/covered-form.ts';
import { denseOps } from '../mixture/dense-ops.ts';
import { fixedLabels } from '../mixture/fixed-labels.ts';
import { heldOf } from '../mixture/held.ts';
import { idealOps } from '../mixture/ideal-ops.ts';
import { functionLabel } from '../mixture/labels.ts';
import { leftOut } from '../mixture/left-out.ts';
import { parameterPlaces, tiedWith } from '../mixture/ties.ts';
import type { FunctionLabel, LabelledFamily } from '../verdict/labelled-family.ts';
import { competitiveFamily } from './competitive.ts';
import { sigmoidJacobian } from './sigmoid-jacobian.ts';

/**
 * The Jacobian of a mixture, $\partial f_G / \partial\theta$ for every parameter that the gauge leaves free.
 *
 * If these functions are linearly independent, atoms that are fitted exactly are estimated at the parametric rate
 * $n^{-1/2}$; if not, the relation names the direction in which the mixture does not change to first order.
 *
 * Without divisions where the form of the gate is known: with a common factor, which ties no knots.
 * @param fixed what the gauge fixes, of a gate whose form is unknown
 */
export function jacobianFamily(of: MixingMeasure, fixed?: readonly ParameterCopy[]): LabelledFamily {
  const form = coveredForm(of.gate, of.experts);
  if (form?.type === 'sigmoid') return sigmoidJacobian(of, form);
  if (form?.type !== 'competitive') return routedJacobian(of, fixed);
  const { inputDim, labels, evaluate } = competitiveFamily(of, form, []);
  return { inputDim, labels, evaluate: (ring, x) => evaluate(ring, x).free };
}

/** Of any gate, through its routing. */
function routedJacobian(of: MixingMeasure, gauge: readonly ParameterCopy[] | undefined): LabelledFamily {
  const specs = measureSpecs(of);
  const gateNames = paramLabels(specs.gate);
  const [fixed, held] = [fixedLabels(of, gauge), heldOf(of)];
  const without = leftOut(of);
  const isDense = readGate(of.gate, of.experts)?.isDense ?? false;
  const free: number[] = [];
  const labels: FunctionLabel[] = [];
  const all = [
    ...gateNames.map((label) => `gate/${label}`),
    ...paramLabels(specs.expert).map((label) => `expert/${label}`),
  ];
  const { indices, names } = parameterPlaces(of, all);
  names.forEach((full, index) => {
    const isGate = full.startsWith('gate/');
    const name = full.slice(full.indexOf('/') + 1, full.indexOf('['));
    if (held.has(full) || (isGate && (fixed.has(full) || without.includes(name)))) return;
    free.push(index);
    const copy = Number(/#(\d+)$/.exec(full)?.[1] ?? 0);
    const isOfAtom = !isGate && tiedWith(of, full).length === 1;
    labels.push({ ...functionLabel([], [full], 'f'), ...(isOfAtom && { atom: copy }) });
  });
  return {
    inputDim: of.inputDim,
    labels,
    evaluate<S>(ring: Ring<S>, x: readonly S[]): S[] {
      const ideal = idealOps(ring, 1);
      const ops = isDense ? denseOps(ideal) : ideal;
      const input = gridInput(x);
      const { weights } = of.gate.route(ops, input, gridParams(ring, specs.gate, of.gateParams, indices), {
        experts: of.experts,
        training: false,
      });
      const p = gridParams(ring, specs.expert, of.expertParams, indices.slice(gateNames.length));
      const output = ops.mul(weights, of.expert.apply(ops, input, p));
      const jet = ops.sumExperts(output).entries[0]!;
      return free.map((index) => firstDerivative(ring, jet, index));
    },
  };
}
