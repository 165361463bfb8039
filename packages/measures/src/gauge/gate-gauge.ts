import {
  expectExperts,
  expectInteger,
  expectSize,
  type Freedom,
  type Gate,
  type GateForm,
  type GateParamSpec,
  initialValues,
  type Numbers,
  type ParamSpecs,
  paramSize,
  stream,
} from '@tfjs-moe/core';
import { expectPlugin } from '../measure/expect-plugin.ts';
import { gateTraits } from '../reading/traits-of.ts';
import { freedomsOf } from './freedoms.ts';
import { levelsOf, namesOf } from './levels.ts';
import { type ScaleGauge, scaleGaugesOf } from './scale-gauges.ts';

/** What a gate for so many experts does not see of its parameters, as far as it is known. */
export interface Gauge {
  /** Whether it is: of a gate of which neither a form, nor one that sees as much, nor a gauge is declared or found, it is not. */
  readonly isKnown: boolean;
  /** Displacements that change no weight. */
  readonly freedoms: readonly Freedom[];
  /** Learned temperatures that are traded for the scale of the scores. */
  readonly scales: readonly ScaleGauge[];
  /** Parameters that have no part in evaluation, such as those of noise. */
  readonly idle: readonly string[];
}

/**
 * The gauge of a gate: changes of its parameters that change no weight at any input. It follows from the form of the gate
 * and from what its router says of itself, whether they are declared or read; a gate without a form may declare it.
 *
 * A softmax does not see what all its logits have in common: the last expert's $\beta_0$ is fixed, and with a linear router
 * its $\beta_1$ too. A Euclidean router is a linear one in other coordinates, $-s\lVert x - c\rVert^2 = 2s\,c^\top x -
 * s\lVert c\rVert^2 - s\lVert x\rVert^2$: all centres may move by the same t if the biases make up for it. A hierarchical
 * softmax has one such softmax per level and group. A learned temperature is traded for the scale of homogeneous scores.
 */
export function gateGauge(gate: Gate, inputDim: number, experts: number): Gauge {
  expectSized('gateGauge', gate, inputDim, experts);
  const { gauge } = gateTraits(gate, experts);
  const specs = gate.params(inputDim, experts) as ParamSpecs;
  const form = formOfGauge(gate, experts);
  if (form === undefined) {
    const freedoms = gauge?.(inputDim, experts);
    return { isKnown: freedoms !== undefined, freedoms: freedoms ?? [], scales: [], idle: [] };
  }
  const named = levelsOf(form, experts).flatMap((level) => namesOf(level.form, inputDim));
  return {
    isKnown: true,
    freedoms: freedomsOf(form, specs, experts),
    scales: scaleGaugesOf(form, specs, experts),
    idle: Object.entries(specs).flatMap(([name, { trainable }]) =>
      trainable === false || named.includes(name) ? [] : [name],
    ),
  };
}

/** Refuses what is no gate, or no size of one. */
export function expectSized(who: string, gate: Gate, inputDim: number, experts: number): void {
  expectPlugin(who, 'gate', gate);
  expectSize(who, 'inputDim', inputDim);
  expectExperts(who, 'experts', experts);
}

/** The form whose gauge is a gate's: its own, or that of which it sees as much; nothing where it declares its gauge itself. */
export function formOfGauge(gate: Gate, experts: number): GateForm | undefined {
  const { form, sees, gauge } = gateTraits(gate, experts);
  return form ?? (gauge === undefined ? sees : undefined);
}

/** The same weights with every fixed parameter at its place: 0, or where its box does not allow that, its initial value. */
export function inGauge({ freedoms }: Pick<Gauge, 'freedoms'>, specs: ParamSpecs, numbers: Numbers): Numbers {
  return freedoms.reduce(
    (moved, { fixed, move }) =>
      move(
        moved,
        fixed.flatMap(({ name, copy }) => {
          const spec = specs[name]!;
          const [size, place] = [paramSize(spec), placeOf(spec)];
          return moved[name]!.slice(copy * size, (copy + 1) * size).map((value, i) => place[i]! - value);
        }),
      ),
    numbers,
  );
}

/**
 * The freedoms of a gate that is one softmax over all experts, with another expert's parameters fixed in place of the last
 * one's; nothing of other gates.
 */
export function freedomsAt(
  gate: Gate,
  inputDim: number,
  experts: number,
  expert: number,
): readonly Freedom[] | undefined {
  expectSized('freedomsAt', gate, inputDim, experts);
  expectInteger('freedomsAt', 'expert', expert, { min: 0, max: experts - 1 });
  const { form } = gateTraits(gate, experts);
  if (form?.type !== 'competitive') return undefined;
  const freedoms = freedomsOf(form, gate.params(inputDim, experts) as ParamSpecs, experts);
  if (freedoms.length === 0 || freedoms.some(({ moved }) => moved.count !== experts)) return undefined;
  return freedoms.map(({ fixed, move }) => ({
    fixed: fixed.map(({ name }) => ({ name, copy: expert })),
    move,
  }));
}

/** Where a copy of a parameter is put that is fixed. */
export function placeOf(spec: GateParamSpec): number[] {
  const { min = -Infinity, max = Infinity } = spec.constraint ?? {};
  const isFree = min <= 0 && max >= 0;
  return isFree ? new Array<number>(paramSize(spec)).fill(0) : [...initialValues(spec, stream(0, 'fixed'))];
}
