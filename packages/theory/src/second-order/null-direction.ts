/**
 * The proof that the second-order criterion fails: an equation between the second derivative along a direction and free
 * functions, in a formal ring.
 *
 * First for the atom alone, $\psi = e^{z}(s h - \varphi)$ with symbols for s and $\varphi$: an equation that holds
 * whatever $\varphi$ is holds for $\varphi = t f_G$, whatever the other atoms are. Then for the whole mixture.
 */
import { firstDerivative, type Jet, jets, packed, type Ring, secondDerivative } from '@tfjs-moe/numerics';
import type { RelationBasis } from '@tfjs-moe/numerics/exact';
import type { Allowance } from '../decide/allowance.ts';
import { formally } from '../decide/exact.ts';
import { type Block, type CurvedFamily, secondDerivatives } from '../families/curved-family.ts';
import { type Atom, hasMass, jetProduct } from '../mixture/atom.ts';
import { functionLabel } from '../mixture/labels.ts';
import type { FunctionLabel, LabelledFamily } from '../verdict/labelled-family.ts';
import { type NamedRelation, namedRelation } from '../verdict/relation.ts';
import type { Candidate } from './candidates.ts';
import { withUnknownKinks } from './moved-kinks.ts';
import type { NullDirection } from './second-order-verdict.ts';

/**
 * The direction with its proof, or nothing.
 * @param family its last function is the second derivative along the direction
 * @param movesNoKink where there are kinks: whether it is proved otherwise that the direction moves none
 */
export function proveDirection(
  family: LabelledFamily,
  direction: Candidate,
  blocks: readonly Block[],
  allowance: Allowance,
  movesNoKink?: () => boolean,
): NullDirection | undefined {
  const attempt = (of: LabelledFamily) => {
    const found = formally(of, allowance);
    return found && lastRelation(of, found);
  };
  const relation = attempt(withUnknownKinks(family)) ?? (movesNoKink?.() ? attempt(family) : undefined);
  if (relation === undefined) return undefined;
  return {
    ...described(direction, blocks),
    order: 2,
    proof: 'formal ring',
    text: relation.text,
    latex: relation.latex,
    terms: relation.terms,
  };
}

function lastRelation({ labels }: LabelledFamily, { relations }: RelationBasis): NamedRelation | undefined {
  const last = labels.length - 1;
  const own = relations.find(({ column }) => column === last);
  if (own === undefined) return undefined;
  const terms = [...own.coefficients].map(([i, coefficient]) => ({ label: labels[i]!, coefficient }));
  return namedRelation('formal ring', labels[last]!, terms);
}

/** The direction of a dependent Jacobian. */
export function firstOrderDirection({ text, latex, proof }: NamedRelation): NullDirection {
  return { name: 'of first order', text, latex, order: 1, proof, atoms: [], vector: {} };
}

/** Name, atoms and entries of a direction. */
function described(
  { name, vectors }: Candidate,
  blocks: readonly Block[],
): Pick<NullDirection, 'name' | 'atoms' | 'vector'> {
  const moving = blocks.flatMap((block, b) => (vectors[b] ? [{ block, vector: vectors[b] }] : []));
  const entries = moving.flatMap(({ block, vector }) =>
    vector.flatMap((value, i) => (value === 0 ? [] : [[block.coordinates[i]!.label, value] as const])),
  );
  return { name, atoms: moving.map(({ block }) => block.atom), vector: Object.fromEntries(entries) };
}

/** $\sum_b u_b^\top F_{2,b}\,u_b$ from the lower triangles of the blocks. */
export function along<S>(ring: Ring<S>, { vectors }: Candidate, triangles: readonly (readonly S[])[]): S {
  const factors: S[] = [];
  const values: S[] = [];
  vectors.forEach((vector, b) => {
    vector?.forEach((u, i) => {
      for (let j = 0; j <= i; j++) {
        if (u === 0 || vector[j] === 0) continue;
        // A product of the ring, which may be exact where one of float64 numbers is not.
        factors.push(ring.dot([ring.constant((i === j ? 1 : 2) * u)], [ring.constant(vector[j]!)]));
        values.push(triangles[b]![packed(i, j)]!);
      }
    });
  });
  return ring.dot(factors, values);
}

/** The functions of one atom alone, $\psi = e^z (s h - \varphi)$ with symbols for s and $\varphi$ after the inputs. */
export interface OwnFunctions {
  readonly inputDim: number;
  /** Of `first`. */
  readonly labels: readonly FunctionLabel[];
  /** Value, where no bias is the mass, and first derivatives; and the second ones by their indices. */
  at<S>(
    ring: Ring<S>,
    x: readonly S[],
  ): { readonly first: readonly S[]; second(i: number, j: number): S; readonly jet: Jet<S> };
}

export function ownFunctions(atom: Atom, inputDim: number): OwnFunctions {
  const own = atom.coordinates.flatMap(({ isShared, isKnown }, i) => (isShared || isKnown ? [] : [i]));
  const isMassive = hasMass(atom);
  const psi = (names: readonly string[]) => functionLabel([], names, 'psi', atom.index);
  return {
    inputDim: inputDim + 2,
    labels: [...(isMassive ? [] : [psi([])]), ...own.map((i) => psi([atom.coordinates[i]!.name]))],
    at<S>(ring: Ring<S>, x: readonly S[]) {
      const inputs = x.slice(0, inputDim);
      const [selected, output] = [x[inputDim]!, x[inputDim + 1]!];
      const algebra = jets(ring);
      const mass = algebra.apply('exp', atom.logit(ring, inputs, 2));
      const scaled = scale(ring, atom.output(ring, inputs, 2), selected);
      const shifted: Jet<S> = { ...scaled, value: ring.sub(scaled.value, output) };
      const jet = jetProduct(ring, mass, shifted, 2);
      return {
        first: [...(isMassive ? [] : [jet.value]), ...own.map((i) => firstDerivative(ring, jet, i))],
        second: (i: number, j: number) => secondDerivative(ring, jet, i, j),
        jet,
      };
    },
  };
}

/** The second derivative of one atom's $\psi$ along a direction, after its first derivatives. */
export function ownFamily(atom: Atom, block: Block, inputDim: number, direction: Candidate): LabelledFamily {
  const own = ownFunctions(atom, inputDim);
  const vector = direction.vectors.find((u) => u !== undefined)!;
  return {
    inputDim: own.inputDim,
    labels: [...own.labels, directedLabel(block, vector)],
    evaluate<S>(ring: Ring<S>, x: readonly S[]): S[] {
      const { first, jet } = own.at(ring, x);
      const triangle = secondDerivatives(ring, block, jet);
      return [...first, along(ring, { name: '', vectors: [vector] }, [triangle])];
    },
  };
}

function scale<S>(ring: Ring<S>, jet: Jet<S>, factor: S): Jet<S> {
  const of = (value: S) => ring.dot([value], [factor]);
  return { ...jet, value: of(jet.value), gradient: jet.gradient.map(of), hessian: jet.hessian.map(of) };
}

/** The second derivative of the whole mixture along a direction, after all free functions. */
export function wholeFamily(family: CurvedFamily, direction: Candidate): LabelledFamily {
  const parts = family.blocks.flatMap((block, b) => {
    const vector = direction.vectors[b];
    return vector ? [directedLabel(block, vector)] : [];
  });
  return {
    inputDim: family.inputDim,
    labels: [
      ...family.labels,
      {
        text: parts.map(({ text }) => text).join(' + '),
        latex: parts.map(({ latex }) => latex).join(' + '),
        order: 2,
      },
    ],
    evaluate<S>(ring: Ring<S>, x: readonly S[]): S[] {
      const { free, curved } = family.evaluate(ring, x);
      return [...free, along(ring, direction, curved)];
    },
  };
}

/** `d_bias d_bias psi1`, or `(0.5 d_kernel + 2 d_bias)^2 psi1`. */
function directedLabel({ atom, coordinates }: Block, vector: readonly number[]): FunctionLabel {
  const moving = coordinates.flatMap(({ name }, i) => (vector[i] === 0 ? [] : [{ name, u: vector[i]! }]));
  const [only] = moving;
  if (moving.length === 1 && only?.u === 1) return functionLabel([], [only.name, only.name], 'psi', atom);
  const texts = moving.map(({ name, u }) => `${u} d_${name}`).join(' + ');
  const latex = moving
    .map(({ name, u }) => `${u}\\,${functionLabel([], [name], '', undefined).latex}`)
    .join(' + ');
  return {
    text: `(${texts})^2 psi${atom + 1}`,
    latex: `(${latex})^2\\,\\psi_{${atom + 1}}`,
    order: 2,
    atom,
  };
}
