import type { MixingMeasure } from '@tfjs-moe/measures';
import type { Ring } from '@tfjs-moe/numerics';
import { atomFamily } from '../families/competitive.ts';
import type { CurvedFamily } from '../families/curved-family.ts';
import { jacobianFamily } from '../families/jacobian.ts';
import { type Atom, atomsOf, hasMass } from '../mixture/atom.ts';
import { lastLevel, pathTo, type SoftmaxTree, softmaxOf, treeLevels } from '../mixture/covered-form.ts';
import type { FreeFunction } from '../mixture/free-functions.ts';
import { functionLabel } from '../mixture/labels.ts';
import { levelMasses } from '../mixture/level-masses.ts';
import { type Candidate, candidates, gaugeDirections, scalesOf } from './candidates.ts';
import { ofAnyRank, proveCompetitive } from './competitive-criterion.ts';
import { type Answer, type CriterionOptions, criterion } from './criterion.ts';
import { livesOnTwoHalfLines, onTwoHalfLines } from './half-lines.ts';

/**
 * The criterion under a hierarchical softmax, for atoms that are over-specified within their groups.
 *
 * With $f = \sum_g W_g f_g$, a split in group g changes f by $W_g D_g^{-1}\psi$ of the group's own mixture, so its second
 * derivatives are those of the group, weighted; everything else is in the Jacobian of the whole. A null direction of a
 * group's mixture is one of the whole. In a tree of more levels groups are those of the last one, and $W_g$ is the product of
 * the weights on the way to them.
 */
export function hierarchicalCriterion(
  of: MixingMeasure,
  form: SoftmaxTree,
  overSpecified: readonly number[],
  options: CriterionOptions,
): Answer {
  const { form: last } = lastLevel(form, of.experts);
  const groups = groupsOf(of, form, overSpecified);
  const family = weightedFamily(of, form, groups);
  if (livesOnTwoHalfLines(of)) {
    const direction = onTwoHalfLines(family.blocks);
    if (direction) return { verdict: 'dependent', direction };
  }
  const directions = groups.flatMap(({ atoms, own }) => {
    const together = family.blocks.filter(({ atom }) => atoms.some(({ index }) => index === atom));
    const isTilted = own.blocks.length === atoms.length;
    return isTilted ? gaugeDirections(last, family.blocks, together) : [];
  });
  const prove = (direction: Candidate) => {
    const moving = family.blocks.findIndex((_, b) => direction.vectors[b] !== undefined);
    const atom = family.blocks[moving]!.atom;
    const { atoms, own } = groups.find((group) => group.atoms.some(({ index }) => index === atom))!;
    const vectors = own.blocks.map(
      (block) => direction.vectors[family.blocks.findIndex((other) => other.atom === block.atom)],
    );
    return proveCompetitive(of, own, atoms, { ...direction, vectors }, options.allowance);
  };
  const all = [...directions, ...candidates(family.blocks, scalesOf(of))];
  const ofRank = () => ofAnyRank(family, atomsOf(of, last), options.allowance);
  return criterion(family, all, prove, options, ofRank);
}

/** The functions of the criterion: the Jacobian, and for atoms of some groups masses and second derivatives. */
export function hierarchicalFamily(
  of: MixingMeasure,
  form: SoftmaxTree,
  overSpecified: readonly number[],
): CurvedFamily {
  return weightedFamily(of, form, groupsOf(of, form, overSpecified));
}

/** A group with atoms that are over-specified, as a mixture of its own. */
interface Group {
  readonly index: number;
  /** Its first atom of all. */
  readonly first: number;
  /** Over-specified atoms whose mass is no parameter; their functions are the last free ones of `own`. */
  readonly massless: number;
  readonly atoms: readonly Atom[];
  readonly own: CurvedFamily;
}

function groupsOf(of: MixingMeasure, form: SoftmaxTree, overSpecified: readonly number[]): Group[] {
  const level = lastLevel(form, of.experts);
  const atoms = atomsOf(of, level.form);
  const indices = new Map(overSpecified.map((e) => [softmaxOf(level, e).softmax, e]));
  return [...indices].map(([index, e]) => {
    const { first, count } = softmaxOf(level, e);
    const inside = atoms.slice(first, first + count);
    const over = inside.flatMap((atom, position) => (overSpecified.includes(atom.index) ? [position] : []));
    const masses = over.filter((position) => !hasMass(inside[position]!));
    const own = atomFamily({
      inputDim: of.inputDim,
      atoms: inside,
      free: ownFunctions(inside),
      overSpecified: over,
      masses,
      masksAt: () => ({}),
    });
    return { index, first, massless: masses.length, atoms: inside, own };
  });
}

/** A function for every coordinate of some atoms that is theirs alone. */
function ownFunctions(atoms: readonly Atom[]): FreeFunction[] {
  return atoms.flatMap(({ index: e, coordinates }, atom) =>
    coordinates.flatMap(({ label, isShared, isKnown }, index) =>
      isShared || isKnown
        ? []
        : [{ label: { ...functionLabel([], [label], 'f'), atom: e }, places: [{ atom, index }] }],
    ),
  );
}

const lastOf = <T>(of: readonly T[], count: number): readonly T[] => of.slice(of.length - count);

/** The Jacobian of the whole, with the second derivatives of every group in its share. */
function weightedFamily(of: MixingMeasure, form: SoftmaxTree, groups: readonly Group[]): CurvedFamily {
  const { labels, evaluate } = jacobianFamily(of);
  const levels = treeLevels(form, of.experts);
  return {
    inputDim: of.inputDim,
    labels: [...labels, ...groups.flatMap(({ own, massless }) => lastOf(own.labels, massless))],
    blocks: groups.flatMap(({ own }) => own.blocks),
    evaluate<S>(ring: Ring<S>, x: readonly S[]) {
      const product = (factors: readonly S[]): S => factors.reduce((a, b) => ring.dot([a], [b]));
      const masses = new Map(levels.map((level) => [level, levelMasses(of, level, ring, x)]));
      const parts = groups.map(({ index, first: start, atoms, own, massless }) => {
        const inside = masses.get(levels.at(-1)!)!.slice(start, start + atoms.length);
        const mass = inside.reduce(ring.add);
        const path = pathTo(levels, index).map(({ level, node, first, count }) => {
          const ofLevel = masses.get(level)!;
          return { own: ofLevel[node]!, all: ofLevel.slice(first, first + count).reduce(ring.add) };
        });
        // The group's functions carry the factor D_g^2 of W_g / D_g (...).
        const below = product([...path.map(({ all }) => all), mass, mass]);
        const share = product([
          ...path.map((node) => node.own),
          ring.derivatives('reciprocal', below, 0)[0]!,
        ]);
        const weighted = (value: S): S => ring.dot([value], [share]);
        const { free, curved } = own.evaluate(ring, x);
        return {
          masses: lastOf(free, massless).map(weighted),
          curved: curved.map((of) => of.map(weighted)),
        };
      });
      return {
        free: [...evaluate(ring, x), ...parts.flatMap(({ masses }) => masses)],
        curved: parts.flatMap(({ curved }) => curved),
      };
    },
  };
}
