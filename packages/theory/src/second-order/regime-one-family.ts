/**
 * The functions of the second-order criterion under a sigmoid gate in regime 1: see `sigmoid-criterion.ts`.
 */
import { mapNames, type SigmoidForm } from '@tfjs-moe/core';
import type { MixingMeasure } from '@tfjs-moe/measures';
import { firstDerivative, type Ring } from '@tfjs-moe/numerics';
import { type Block, type CurvedFamily, ownBlock, secondDerivatives } from '../families/curved-family.ts';
import { type SigmoidParts, sigmoidParts } from '../families/sigmoid-jacobian.ts';
import { type Atom, atomsOf, type Coordinate } from '../mixture/atom.ts';
import { isDivided, routerName, selectsSome } from '../mixture/covered-form.ts';
import { freeFunctions, type Place } from '../mixture/free-functions.ts';
import { functionLabel } from '../mixture/labels.ts';
import type { FunctionLabel, LabelledFamily } from '../verdict/labelled-family.ts';

/** The input that a number of a linear router is multiplied with. */
const inputOf = ({ name }: Coordinate) => `x_${Number(/\[(\d+)/.exec(name)?.[1] ?? 0) + 1}`;

/** The measure with the routers of over-specified atoms at zero. */
export function inRegimeOne(
  of: MixingMeasure,
  form: SigmoidForm,
  overSpecified: readonly number[],
): MixingMeasure {
  const over = new Set(overSpecified);
  const names = Object.keys(form.router.params(of.inputDim)).map((name) => routerName(form, name));
  const gateParams = mapNames(of.gateParams, (numbers, name) =>
    names.includes(name)
      ? numbers.map((value, i) => (over.has(Math.floor((i * of.experts) / numbers.length)) ? 0 : value))
      : numbers,
  );
  return { ...of, gateParams };
}

/** A parameter by its name; of mixed functions one of the router and one of the expert. */
export type FreeName = string | readonly [gate: string, expert: string];

/** The functions of the criterion in regime 1. */
export interface RegimeOneFamily {
  /** Those of first order, then the mixed ones. */
  readonly free: LabelledFamily;
  /** The parameter that a free function is a derivative in, up to a constant, by its full name. */
  readonly names: readonly FreeName[];
  readonly firstOrder: number;
  /** With some of the free functions. */
  curved(kept: readonly number[]): CurvedFamily;
}

/** @param of with routers of over-specified atoms at zero */
export function regimeOneFamily(
  of: MixingMeasure,
  form: SigmoidForm,
  overSpecified: readonly number[],
): RegimeOneFamily {
  const atoms = atomsOf(of, form);
  const over = overSpecified.map((atom) => splitBlock(atoms[atom]!));
  const isOver = new Set(overSpecified);
  // What all atoms share is no atom's own, also where all of them are over-fitted.
  const isOwn = ({ atom, index }: Place) => isOver.has(atom) && !atoms[atom]!.coordinates[index]!.isShared;
  const exact = freeFunctions(of, atoms).filter(({ places }) => !places.some(isOwn));
  const subject = isDivided(form) ? '(h - f)' : 'h';
  const first: FunctionLabel[] = [
    ...exact.map(({ label }) => label),
    ...over.flatMap(({ atom, gate, expert }) => [
      functionLabel([], [], subject, atom),
      ...gate.coordinates.map((own) => functionLabel([inputOf(own)], [], subject, atom)),
      ...expert.coordinates.map(({ name }) => functionLabel([], [name], 'h', atom)),
    ]),
  ];
  const mixed = over.flatMap(({ atom, gate, expert }) =>
    gate.coordinates.flatMap((own) =>
      expert.coordinates.map(({ name }) => functionLabel([inputOf(own)], [name], 'h', atom)),
    ),
  );
  const labels = [...first, ...mixed];
  const named = (coordinates: readonly Coordinate[]) => coordinates.map(({ label }) => label);
  const names: FreeName[] = [
    ...exact.map(({ label }) => label.parts!.derivatives[0]!),
    ...over.flatMap(({ atom, gate, expert }) => [
      atoms[atom]!.coordinates.find(({ isBias }) => isBias)!.label,
      ...named(gate.coordinates),
      ...named(expert.coordinates),
    ]),
    ...over.flatMap(({ gate, expert }) =>
      named(gate.coordinates).flatMap((own) =>
        named(expert.coordinates).map((other) => [own, other] as const),
      ),
    ),
  ];

  function values<S>(ring: Ring<S>, x: readonly S[], order: 1 | 2) {
    const parts = sigmoidParts(of, form, atoms, ring, x);
    const own = over.map((block) => ownValues(ring, x, atoms[block.atom]!, block, parts, order));
    return {
      free: [
        ...exact.map(({ places }) => places.map(parts.derivative).reduce(ring.add)),
        ...own.flatMap(({ first }) => first),
        ...own.flatMap(({ mixed }) => mixed),
      ],
      curved: own.flatMap(({ curved }) => curved),
    };
  }

  return {
    firstOrder: first.length,
    names,
    free: { inputDim: of.inputDim, labels, evaluate: (ring, x) => values(ring, x, 1).free },
    curved: (kept) => ({
      inputDim: of.inputDim,
      selects: selectsSome(form, of.experts),
      labels: kept.map((i) => labels[i]!),
      blocks: over.flatMap(({ gate, expert }) => [gate, expert]).filter(({ indices }) => indices.length > 0),
      evaluate(ring, x) {
        const { free, curved } = values(ring, x, 2);
        return { free: kept.map((i) => free[i]!), curved };
      },
    }),
  };
}

interface SplitBlock {
  readonly atom: number;
  readonly gate: Block;
  readonly expert: Block;
}

function splitBlock(atom: Atom): SplitBlock {
  const { coordinates, indices } = ownBlock(atom);
  const only = (part: 'gate' | 'expert'): Block => {
    const chosen = coordinates.flatMap((coordinate, i) =>
      coordinate.part === part ? [{ coordinate, index: indices[i]! }] : [],
    );
    return {
      atom: atom.index,
      coordinates: chosen.map(({ coordinate }) => coordinate),
      indices: chosen.map(({ index }) => index),
    };
  };
  return { atom: atom.index, gate: only('gate'), expert: only('expert') };
}

function ownValues<S>(
  ring: Ring<S>,
  x: readonly S[],
  atom: Atom,
  { atom: e, gate, expert }: SplitBlock,
  { shifted, scaled }: SigmoidParts<S>,
  order: 1 | 2,
) {
  const output = atom.output(ring, x, order);
  const score = atom.logit(ring, x, 1);
  const times = (a: S, b: S) => ring.dot([a], [b]);
  const slopes = gate.indices.map((i) => firstDerivative(ring, score, i));
  const value = shifted(e, output.value);
  const first = expert.indices.map((i) => scaled(e, firstDerivative(ring, output, i)));
  const tilted = slopes.map((slope) => times(slope, value));
  return {
    first: [value, ...tilted, ...first],
    mixed: slopes.flatMap((slope) => first.map((derivative) => times(slope, derivative))),
    curved:
      order === 1
        ? []
        : [
            slopes.flatMap((slope, u) => tilted.slice(0, u + 1).map((other) => times(slope, other))),
            secondDerivatives(ring, expert, output).map((value) => scaled(e, value)),
          ].filter((triangle) => triangle.length > 0),
  };
}
