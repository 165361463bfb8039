import { mapNames, paramSize, type SigmoidForm } from '@tfjs-moe/core';
import { type MixingMeasure, measureSpecs } from '@tfjs-moe/measures';
import { firstDerivative, paramLabels, type Ring } from '@tfjs-moe/numerics';
import { examineWithin } from '../decide/examine.ts';
import { type Block, type CurvedFamily, ownBlock, secondDerivatives } from '../families/curved-family.ts';
import { isNormalized, type SigmoidParts, sigmoidParts } from '../families/sigmoid-jacobian.ts';
import { type Atom, atomsOf, type Coordinate, hasMass } from '../mixture/atom.ts';
import { isLinear, routerName } from '../mixture/covered-form.ts';
import { freeFunctions } from '../mixture/free-functions.ts';
import { heldOf } from '../mixture/held.ts';
import { hasKinks } from '../mixture/kinks.ts';
import { functionLabel } from '../mixture/labels.ts';
import type { FunctionLabel, LabelledFamily } from '../verdict/labelled-family.ts';
import { namedRelation } from '../verdict/relation.ts';
import { candidates, scalesOf } from './candidates.ts';
import { type Answer, type CriterionOptions, criterion } from './criterion.ts';
import { isEulerDirection } from './moved-kinks.ts';
import { firstOrderDirection, proveDirection, wholeFamily } from './null-direction.ts';

/** Part of the operations for the equations among free functions. */
const EXAMINATION = 0.5;

/**
 * The criterion under a sigmoid gate, in regime 1: gates of over-specified atoms do not depend on the input.
 *
 * An over-fitted atom can only be split where $\beta_1 = 0$, into atoms with $\sum_i s_i = s$, $s_i = \sigma(\beta_{0i})$,
 * whose $\beta_{0i}$ need not be near $\beta_0$. With offsets p of $a^\top\beta_1$ and q of $b^\top\eta$ the second order is
 *
 * $$\tfrac12\Big(\sum\sigma''_i p_i^2\Big) x_ux_{u'}h + \Big(\sum\sigma'_i p_iq_i\Big) x_u\partial_v h
 *   + \tfrac12\Big(\sum\sigma_i q_i^2\Big)\partial^2_{vv'}h.$$
 *
 * The third block is positive semidefinite; so is the first, although $\sigma''_i < 0$ where $s_i > \tfrac12$: that is one
 * atom at most, and where $\sum\sigma'_ip_i = 0$, as it is in the limit, $\sum\sigma''_ip_i^2 > 0$ because
 * $g(s) = s(1-s)/(1-2s)$ is convex with $g(0) = 0$, hence $\sum_{i\ge2} g(s_i) \le g(\sum_{i\ge2}s_i) < g(1-s_1)$. The whole
 * is not semidefinite. So the two blocks are separate here, and the mixed functions $x_u\partial_v h$ are free ones: a
 * measure that integrates them to zero too, and both blocks to positive definite matrices, proves the criterion. A null
 * direction moves the expert alone.
 */
export function sigmoidCriterion(
  given: MixingMeasure,
  form: SigmoidForm,
  overSpecified: readonly number[],
  options: CriterionOptions,
): Answer {
  if (!isLinear(form.router))
    return { verdict: 'inconclusive', bits: 0, raise: 'nothing: regime 1 is examined for linear routers' };
  if (form.bias === undefined) {
    const raise =
      'nothing: without a bias the gate of a split atom is 1/2 each, so that no atom can be split';
    return { verdict: 'inconclusive', bits: 0, raise };
  }
  const atoms = atomsOf(given, form);
  const stuck = overSpecified.find((e) => !hasMass(atoms[e]!) || isTilted(given, form, e));
  if (stuck !== undefined) {
    const raise = `nothing: an atom is split in regime 1 by its own bias, with a router at 0, and those of atom ${stuck + 1} are known`;
    return { verdict: 'inconclusive', bits: 0, raise };
  }
  const of = inRegimeOne(given, form, overSpecified);
  const family = regimeOneFamily(of, form, overSpecified);
  const { relations, remaining } = examineWithin(
    'identifiability',
    family.free,
    options,
    options.allowance.upTo(EXAMINATION * options.allowance.left),
  );
  const label = (i: number) => family.free.labels[i]!;
  const early = relations.find(({ column }) => column < family.firstOrder);
  if (early) {
    const terms = [...early.coefficients].map(([i, coefficient]) => ({ label: label(i), coefficient }));
    return {
      verdict: 'dependent',
      direction: firstOrderDirection(namedRelation(early.proof, label(early.column), terms)),
    };
  }
  // Functions on the left of proved equations integrate to zero with the others.
  const kept = relations.every(({ proof }) => proof === 'formal ring')
    ? remaining
    : family.free.labels.map((_, i) => i);
  const curved = family.curved(kept);
  const directions = candidates(curved.blocks, scalesOf(of)).filter(({ vectors }) =>
    vectors.every((u, b) => u === undefined || curved.blocks[b]!.coordinates[0]!.part === 'expert'),
  );
  // A direction is null only if it needs no mixed function.
  const narrow = family.curved(kept.filter((i) => i < family.firstOrder));
  return criterion(
    curved,
    directions,
    (direction) => {
      const b = direction.vectors.findIndex((u) => u !== undefined);
      const block = narrow.blocks[b]!;
      const end = options.allowance.upTo(options.allowance.left / 2);
      const movesNoKink = () =>
        isEulerDirection(atomsOf(of, form)[block.atom]!, block, direction.vectors[b]!, of.inputDim, end);
      const family = wholeFamily(narrow, direction);
      return proveDirection(family, direction, narrow.blocks, end, hasKinks(of) ? movesNoKink : undefined);
    },
    options,
  );
}

/** Whether a number of an atom's router is known, and not 0. */
function isTilted(of: MixingMeasure, form: SigmoidForm, atom: number): boolean {
  const { gate } = measureSpecs(of);
  const held = heldOf(of);
  return Object.keys(form.router.params(of.inputDim)).some((own) => {
    const name = routerName(form, own);
    const spec = gate[name]!;
    const size = paramSize(spec);
    const labels = paramLabels({ [name]: { ...spec, trainable: true } });
    return labels.slice(atom * size, (atom + 1) * size).some((label, i) => {
      const isKnown = spec.trainable === false || held.has(`gate/${label}`);
      return isKnown && of.gateParams[name]![atom * size + i] !== 0;
    });
  });
}

/** The input that a number of a linear router is multiplied with. */
const inputOf = ({ name }: Coordinate) => `x_${Number(/\[(\d+)/.exec(name)?.[1] ?? 0) + 1}`;

/** The measure with the routers of over-specified atoms at zero. */
function inRegimeOne(of: MixingMeasure, form: SigmoidForm, overSpecified: readonly number[]): MixingMeasure {
  const over = new Set(overSpecified);
  const names = Object.keys(form.router.params(of.inputDim)).map((name) => routerName(form, name));
  const gateParams = mapNames(of.gateParams, (numbers, name) =>
    names.includes(name)
      ? numbers.map((value, i) => (over.has(Math.floor((i * of.experts) / numbers.length)) ? 0 : value))
      : numbers,
  );
  return { ...of, gateParams };
}

interface RegimeOneFamily {
  /** Those of first order, then the mixed ones. */
  readonly free: LabelledFamily;
  readonly firstOrder: number;
  /** With some of the free functions. */
  curved(kept: readonly number[]): CurvedFamily;
}

function regimeOneFamily(
  of: MixingMeasure,
  form: SigmoidForm,
  overSpecified: readonly number[],
): RegimeOneFamily {
  const atoms = atomsOf(of, form);
  const over = overSpecified.map((atom) => splitBlock(atoms[atom]!));
  const isOver = new Set(overSpecified);
  const exact = freeFunctions(of, atoms).filter(
    ({ places }) => !places.every(({ atom }) => isOver.has(atom)),
  );
  const subject = isNormalized(form) ? '(h - f)' : 'h';
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
    free: { inputDim: of.inputDim, labels, evaluate: (ring, x) => values(ring, x, 1).free },
    curved: (kept) => ({
      inputDim: of.inputDim,
      selects: form.selection !== undefined && form.selection.k < of.experts,
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
