import { type CompetitiveForm, type ParamSpecs, paramSize, scoped } from '@tfjs-moe/core';
import { type MixingMeasure, measureSpecs, readGate } from '@tfjs-moe/measures';
import { type Grid, gridOps, paramLabels } from '@tfjs-moe/numerics';
import { lastLevel, type SoftmaxTree, treeLevels } from '../mixture/covered-form.ts';
import { heldOf } from '../mixture/held.ts';
import { withoutGuards } from '../mixture/ideal-ops.ts';
import { type ProgramStep, pruned, recorder } from './program.ts';

/** A trainable number of a mixture. */
export interface ProgramParameter {
  /** As in relations: `gate/router/kernel[0]#1`. */
  readonly name: string;
  readonly value: number;
}

/** A mixture at its parameters as a list of steps. */
export interface MixtureProgram {
  readonly inputDim: number;
  readonly parameters: readonly ProgramParameter[];
  readonly steps: readonly ProgramStep[];
  /** The step that is $f_G(x)$. */
  readonly output: number;
  /**
   * Of softmax-like gates: the steps that are the logits $z_e(x)$ and the experts $h_e(x)$; of trees of softmaxes those of
   * the groups of the last level, of one size, besides, whose softmax is the product of the weights on the way to them.
   */
  readonly atoms?: {
    readonly logits: readonly number[];
    readonly experts: readonly number[];
    readonly groups?: readonly number[];
  };
}

/**
 * The function of a mixture, written down step by step, with its trainable numbers as parameters.
 * @param form the form of the gate, where the steps of its atoms are wanted too
 */
export function mixtureProgram(of: MixingMeasure, form?: CompetitiveForm | SoftmaxTree): MixtureProgram {
  const { steps, algebra, step } = recorder();
  // Gates without a selection still compare weights with a bound that they always exceed.
  const isDense = readGate(of.gate, of.experts)?.isDense ?? false;
  const ops = withoutGuards(gridOps(isDense ? { ...algebra, greater: () => algebra.constant(1) } : algebra));
  const parameters: ProgramParameter[] = [];
  const held = heldOf(of);
  function grids(
    part: 'gate' | 'expert',
    specs: ParamSpecs,
    numbers: Readonly<Record<string, ArrayLike<number>>>,
  ) {
    const names = paramLabels(specs);
    let next = 0;
    const result: Record<string, Grid<number>> = {};
    for (const [name, spec] of Object.entries(specs)) {
      const [rows, features] = spec.shape.length === 2 ? spec.shape : [1, spec.shape[0]];
      const data = Array.from(numbers[name]!).slice(0, spec.copies * paramSize(spec));
      const entries = data.map((value) => {
        if (spec.trainable === false) return algebra.constant(value);
        const label = `${part}/${names[next++]}`;
        if (held.has(label)) return algebra.constant(value);
        parameters.push({ name: label, value });
        return step(['parameter', parameters.length - 1]);
      });
      result[name] = { experts: spec.copies, rows, features, entries };
    }
    return result;
  }
  const specs = measureSpecs(of);
  const gate = grids('gate', specs.gate, of.gateParams);
  const expert = grids('expert', specs.expert, of.expertParams);
  const x: Grid<number> = {
    experts: 1,
    rows: 1,
    features: of.inputDim,
    entries: Array.from({ length: of.inputDim }, (_, i) => step(['input', i])),
  };
  const { weights } = of.gate.route(ops, x, gate, { experts: of.experts, training: false });
  const experts = of.expert.apply(ops, x, expert);
  const output = ops.sumExperts(ops.mul(weights, experts)).entries[0]!;
  const { inputDim } = of;
  if (form === undefined) {
    const own = pruned(steps, [output]);
    return { inputDim, parameters, steps: own.steps, output: own.at(output) };
  }
  function logitsOf({ router, path, bias, temperature }: CompetitiveForm): Grid<number> {
    let logits = router.logit(ops, x, scoped(path, gate));
    if (bias !== undefined) logits = ops.add(logits, gate[bias]!);
    return temperature === undefined ? logits : ops.div(logits, gate[temperature]!);
  }
  const spread = ({ entries }: Grid<number>, count: number) =>
    Array.from({ length: count }, (_, e) => (entries.length === 1 ? entries[0]! : entries[e]!));
  /** Of each group of the last level, the sum of the scores on its way, less the logarithms of what is divided by. */
  function groupLogits(tree: SoftmaxTree): number[] {
    const levels = treeLevels(tree, of.experts);
    const { instances: groups } = levels.at(-1)!;
    const parts = levels.slice(0, -1).map(({ form: level, experts: nodes, instances }) => {
      const scores = spread(logitsOf(level), nodes * instances);
      // The first softmax divides all groups alike.
      if (instances === 1) return scores;
      const masses = scores.map((score) => algebra.apply('exp', score));
      return scores.map((score, node) => {
        const first = node - (node % nodes);
        const all = masses.slice(first, first + nodes).reduce(algebra.add);
        return algebra.sub(score, algebra.apply('log', all));
      });
    });
    return Array.from({ length: groups }, (_, g) =>
      parts.map((part) => part[Math.floor((g * part.length) / groups)]!).reduce(algebra.add),
    );
  }
  const isTree = form.type === 'hierarchical';
  const atoms = {
    logits: spread(logitsOf(isTree ? lastLevel(form, of.experts).form : form), of.experts),
    experts: spread(experts, of.experts),
  };
  const groups = isTree ? groupLogits(form) : [];
  const own = pruned(steps, [output, ...atoms.logits, ...atoms.experts, ...groups]);
  return {
    inputDim,
    parameters,
    steps: own.steps,
    output: own.at(output),
    atoms: {
      logits: atoms.logits.map(own.at),
      experts: atoms.experts.map(own.at),
      ...(isTree && { groups: groups.map(own.at) }),
    },
  };
}
