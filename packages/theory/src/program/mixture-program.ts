import { type CompetitiveForm, type ParamSpecs, paramSize, type SigmoidForm, scoped } from '@tfjs-moe/core';
import { type MixingMeasure, measureSpecs, readGate } from '@tfjs-moe/measures';
import { type Algebra, type Grid, gridOps, paramLabels } from '@tfjs-moe/numerics';
import {
  isDivided,
  lastLevel,
  nodesOf,
  pathTo,
  type SoftmaxTree,
  selectsSome,
  softmaxOf,
  treeLevels,
} from '../mixture/covered-form.ts';
import { denseOps } from '../mixture/dense-ops.ts';
import { heldOf } from '../mixture/held.ts';
import { withoutGuards } from '../mixture/ideal-ops.ts';
import { parameterNamed } from '../mixture/ties.ts';
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
  /** Of gates with a form: what the output is made of. */
  readonly atoms?: ProgramAtoms;
}

/**
 * The steps that a mixture is made of: $f_G = c\,\sum_e s_e m_e h_e \,/\, \sum_e t_e m_e$ with $m_e = e^{z_e}$ or
 * $\sigma(z_e)$, the masks s and t being 1 where none are named.
 */
export interface ProgramAtoms {
  /** The steps that are $z_e(x)$. */
  readonly logits: readonly number[];
  /** The steps that are $h_e(x)$. */
  readonly experts: readonly number[];
  /**
   * Of trees of softmaxes: the logits of the groups of the last level, whose softmax is the product of the weights on the
   * way to them.
   */
  readonly groups?: readonly number[];
  /** Of such trees, where their groups are not of one size: the sizes, one after the other. */
  readonly sizes?: readonly number[];
  /** m; without it `exp`. */
  readonly mass?: 'sigmoid';
  /** Whether there is a sum below; without it there is. */
  readonly divided?: false;
  /** s: what is selected. */
  readonly selected?: readonly number[];
  /** t: what is summed below. */
  readonly summed?: readonly number[];
  /** c; without it 1. */
  readonly factor?: number;
}

/**
 * The function of a mixture, written down step by step, with its trainable numbers as parameters.
 *
 * By the routing of the gate; by its form where that is a sigmoid or selects, since what is not selected has a weight of
 * 0 there, which a routing in floating point reaches through a constant that is large.
 * @param form the form of the gate, where the steps of its atoms are wanted too
 */
export function mixtureProgram(
  of: MixingMeasure,
  form?: CompetitiveForm | SigmoidForm | SoftmaxTree,
): MixtureProgram {
  const { steps, algebra, step } = recorder();
  const isDense = readGate(of.gate, of.experts)?.isDense ?? false;
  const ideal = withoutGuards(gridOps(algebra));
  const ops = isDense ? denseOps(ideal) : ideal;
  const parameters: ProgramParameter[] = [];
  const held = heldOf(of);
  const places = new Map<string, number>();
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
        const label = parameterNamed(of, `${part}/${names[next++]}`);
        if (held.has(label)) return algebra.constant(value);
        const known = places.get(label);
        if (known !== undefined) return known;
        parameters.push({ name: label, value });
        const place = step(['parameter', parameters.length - 1]);
        places.set(label, place);
        return place;
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
  const { weights, choices } = of.gate.route(ops, x, gate, { experts: of.experts, training: false });
  const experts = of.expert.apply(ops, x, expert);
  const output = ops.sumExperts(ops.mul(weights, experts)).entries[0]!;
  const { inputDim } = of;
  if (form === undefined) {
    const own = pruned(steps, [output]);
    return { inputDim, parameters, steps: own.steps, output: own.at(output) };
  }
  function logitsOf(level: CompetitiveForm | SigmoidForm): Grid<number> {
    let logits = level.router.logit(ops, x, scoped(level.path, gate));
    if (level.bias !== undefined) logits = ops.add(logits, gate[level.bias]!);
    const temperature = level.type === 'competitive' ? level.temperature : undefined;
    return temperature === undefined ? logits : ops.div(logits, gate[temperature]!);
  }
  const spread = ({ entries }: Grid<number>, count: number) =>
    Array.from({ length: count }, (_, e) => (entries.length === 1 ? entries[0]! : entries[e]!));
  /** Of each group of the last level, the sum of the scores on its way, less the logarithms of what is divided by. */
  function groupLogits(tree: SoftmaxTree): number[] {
    const levels = treeLevels(tree, of.experts);
    const parts = new Map(
      levels.slice(0, -1).map((level) => {
        const scores = spread(logitsOf(level.form), nodesOf(level));
        // The first softmax divides all groups alike.
        if (level.sizes.length === 1) return [level, scores];
        const masses = scores.map((score) => algebra.apply('exp', score));
        const shares = scores.map((score, node) => {
          const { first, count } = softmaxOf(level, node);
          const all = masses.slice(first, first + count).reduce(algebra.add);
          return algebra.sub(score, algebra.apply('log', all));
        });
        return [level, shares];
      }),
    );
    return levels.at(-1)!.sizes.map((_, g) =>
      pathTo(levels, g)
        .map(({ level, node }) => parts.get(level)![node]!)
        .reduce(algebra.add),
    );
  }
  const isTree = form.type === 'hierarchical';
  const level = isTree ? lastLevel(form, of.experts).form : form;
  const logits = spread(logitsOf(level), of.experts);
  const values = spread(experts, of.experts);
  const groups = isTree ? groupLogits(form) : [];
  const sizes = isTree ? lastLevel(form, of.experts).sizes : [];
  const isUneven = sizes.some((size) => size !== sizes[0]);
  const byForm = level.type === 'sigmoid' || level.selection !== undefined;
  const union = () =>
    spread(
      choices.reduce((all, choice) => ops.add(all, choice)),
      of.experts,
    );
  const own = byForm ? formed(algebra, level, of.experts, logits, values, union) : undefined;
  const whole = own?.output ?? output;
  const masks = [own?.selected, own?.summed].flatMap((steps) => steps ?? []);
  const kept = pruned(steps, [whole, ...logits, ...values, ...groups, ...masks]);
  return {
    inputDim,
    parameters,
    steps: kept.steps,
    output: kept.at(whole),
    atoms: {
      logits: logits.map(kept.at),
      experts: values.map(kept.at),
      ...(isTree && { groups: groups.map(kept.at) }),
      ...(isUneven && { sizes }),
      ...(level.type === 'sigmoid' && { mass: 'sigmoid' as const }),
      ...(!isDivided(level) && { divided: false as const }),
      ...(own?.selected && { selected: own.selected.map(kept.at) }),
      ...(own?.summed && { summed: own.summed.map(kept.at) }),
      ...(own && own.factor !== 1 && { factor: own.factor }),
    },
  };
}

/** A mixture as its form says, from the steps of its atoms. */
function formed(
  algebra: Algebra<number>,
  form: CompetitiveForm | SigmoidForm,
  experts: number,
  logits: readonly number[],
  values: readonly number[],
  union: () => readonly number[],
) {
  const masses = logits.map((z) => algebra.apply(form.type === 'sigmoid' ? 'sigmoid' : 'exp', z));
  const selected = selectsSome(form, experts) ? union() : undefined;
  const summed = form.selection?.renormalized ? selected : undefined;
  const masked = (masks: readonly number[] | undefined) =>
    masks ? masses.map((mass, e) => algebra.dot([masks[e]!], [mass])) : masses;
  const factor = form.selection?.scale ?? 1;
  let output = algebra.dot(masked(selected), values);
  if (isDivided(form)) {
    const below = masked(summed).reduce(algebra.add);
    output = algebra.dot([output], [algebra.apply('reciprocal', below)]);
  }
  if (factor !== 1) output = algebra.dot([algebra.constant(factor)], [output]);
  return { output, selected, summed, factor };
}
