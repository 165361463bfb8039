import type { Rational } from '@tfjs-moe/numerics/exact';
import type { FunctionLabel } from './labelled-family.ts';

/**
 * `duplicate`: $x_u\partial_{a_v}h = x_v\partial_{a_u}h$, two ways to one function; `input and bias`:
 * $x_u\partial_b h = \partial_{a_u}h$; `normalised input`: $\sum_u\partial_{a_u}^2h = \partial_b^2h$; `linear in a
 * parameter`: a second derivative vanishes; `output scale`: $\lambda\,\partial_\lambda h = h$; `homogeneity`:
 * $\eta^\top\partial_\eta h = p\,h$; `inner scale`: the same between the layers of an expert; `temperature scale`:
 * $\tau\,\partial_\tau f = -\beta^\top\partial_\beta f$; `router scale`: the length of a router's parameters leaves no
 * trace; `mirror symmetry`: $\tanh(-z) = -\tanh z$ and the like, two atoms with one function; `common function`: atoms
 * share what their derivatives span, as linear experts do; `no influence`: a parameter does not change the mixture.
 */
export type RelationName =
  | 'duplicate'
  | 'input and bias'
  | 'normalised input'
  | 'linear in a parameter'
  | 'output scale'
  | 'homogeneity'
  | 'inner scale'
  | 'temperature scale'
  | 'router scale'
  | 'mirror symmetry'
  | 'common function'
  | 'no influence';

interface Term {
  readonly label: FunctionLabel;
  readonly coefficient: Rational | number;
}

/**
 * The names of relations that are known, by their pattern: which functions they tie, not which coefficients they have.
 *
 * The name of left = sum of terms; nothing where the pattern has none.
 */
export function relationName(left: FunctionLabel, terms: readonly Term[]): RelationName | undefined {
  const labels = [left, ...terms.map(({ label }) => label)];
  if (labels.some(({ parts }) => parts === undefined)) return undefined;
  if (left.parts!.of === 'f') {
    // In the regimes of a sigmoid, functions of atoms stand beside derivatives of the mixture.
    return labels.every(({ parts }) => parts!.of === 'f') ? ofJacobian(labels) : undefined;
  }
  // A relation times an input is known by the relation.
  const common = factorsOf(left).find((factor) => labels.every((label) => factorsOf(label).includes(factor)));
  if (common !== undefined && terms.length > 0) {
    return relationName(
      without(left, common),
      terms.map(({ label, coefficient }) => ({ label: without(label, common), coefficient })),
    );
  }
  if (terms.length === 0) return isSecondDerivative(left) ? 'linear in a parameter' : undefined;
  if (new Set(labels.map(({ atom }) => atom)).size > 1) return betweenAtoms(labels);
  return ofAtom(left, terms, labels);
}

function without(label: FunctionLabel, factor: string): FunctionLabel {
  const factors = [...factorsOf(label)];
  factors.splice(factors.indexOf(factor), 1);
  return { ...label, order: label.order - 1, parts: { ...label.parts!, factors } };
}

/** Of an expert, or of a router among the factors. */
const isSecondDerivative = (label: FunctionLabel) =>
  derivativesOf(label).length === 2 || factorsOf(label).some((factor) => /^\(d_\S+ d_\S+ pi\)$/.test(factor));

const derivativesOf = ({ parts }: FunctionLabel) => parts!.derivatives;
const factorsOf = ({ parts }: FunctionLabel) => parts!.factors;

/** First derivatives of a mixture: in the gate's parameters alone, or in those of one expert alone. */
function ofJacobian(labels: readonly FunctionLabel[]): RelationName | undefined {
  if (labels.length === 1) return 'no influence';
  const names = labels.map((label) => derivativesOf(label)[0]!);
  const copies = new Set(names.map((name) => /#\d+$/.exec(name)?.[0]));
  if (names.every((name) => name.startsWith('gate/'))) {
    if (names.some((name) => /temperature\[/.test(name))) return 'temperature scale';
    const isRouter = names.every((name) => name.includes('router/'));
    return isRouter && copies.size === 1 ? 'router scale' : undefined;
  }
  return names.every((name) => name.startsWith('expert/')) && copies.size === 1 ? 'inner scale' : undefined;
}

function betweenAtoms([left, right, ...others]: readonly FunctionLabel[]): RelationName {
  const isPair = others.length === 0 && left!.order === 0 && right!.order === 0;
  return isPair ? 'mirror symmetry' : 'common function';
}

/** Relations of one expert. */
function ofAtom(
  left: FunctionLabel,
  terms: readonly Term[],
  labels: readonly FunctionLabel[],
): RelationName | undefined {
  const isPlain = labels.every((label) => factorsOf(label).length === 0);
  const [only] = terms;
  if (terms.length === 1 && isOne(only!.coefficient)) {
    if (left.order === only!.label.order) return 'duplicate';
    if (isInputAndBias(left, only!.label)) return 'input and bias';
  }
  if (!isPlain) return isHomogeneousRouter(labels) ? 'homogeneity' : undefined;
  const orders = labels.map((label) => derivativesOf(label).length);
  if (orders.every((order) => order <= 1) && orders.includes(0))
    return labels.length === 2 ? 'output scale' : 'homogeneity';
  if (orders.every((order) => order === 1)) return 'inner scale';
  if (isScaled(left, terms)) return 'output scale';
  const isSquare = (label: FunctionLabel) => derivativesOf(label)[0] === derivativesOf(label)[1];
  if (orders.every((order) => order === 2) && labels.every(isSquare)) return 'normalised input';
  return undefined;
}

/** $\beta^\top\partial_\beta\pi = p\,\pi$, times h. */
function isHomogeneousRouter(labels: readonly FunctionLabel[]): boolean {
  const factors = labels.map(factorsOf);
  const isRouter = (factor: string | undefined) => factor === 'pi' || /^\(d_\S+ pi\)$/.test(factor ?? '');
  const isAlone = labels.every((label) => derivativesOf(label).length === 0 && factorsOf(label).length === 1);
  return (
    isAlone && factors.every(([factor]) => isRouter(factor)) && factors.some(([factor]) => factor === 'pi')
  );
}

/** $\lambda\,\partial_a\partial_\lambda h = \partial_a h$. */
function isScaled(left: FunctionLabel, [only, ...others]: readonly Term[]): boolean {
  const inner = only && derivativesOf(only.label);
  return (
    others.length === 0 &&
    derivativesOf(left).length === 2 &&
    inner?.length === 1 &&
    derivativesOf(left).includes(inner[0]!)
  );
}

/** One more input on one side, as many derivatives on both. */
function isInputAndBias(a: FunctionLabel, b: FunctionLabel): boolean {
  const sameDerivatives = derivativesOf(a).length === derivativesOf(b).length;
  return sameDerivatives && Math.abs(factorsOf(a).length - factorsOf(b).length) === 1;
}

function isOne(coefficient: Rational | number): boolean {
  if (typeof coefficient === 'number') return coefficient === 1;
  return coefficient.numerator === 1n && coefficient.denominator === 1n;
}
