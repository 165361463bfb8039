/**
 * The cells of the table of verdicts: which gates, experts and sizes, and how one cell is judged.
 */
import type { Expert, Gate } from '@tfjs-moe/core';
import { constant, ffn, linear, normalizedFfn, polynomial } from '@tfjs-moe/experts';
import { hierarchical, mlpRouter, sigmoid, softmax, temperature, topK } from '@tfjs-moe/gates';
import { identifiability, type Quantified, type Quantifier, type Verdict } from '@tfjs-moe/theory';
import { isOpen } from './is-open.ts';
import { shapesOf } from './shapes.ts';

type Smooth = 'gelu' | 'tanh' | 'sigmoid';

const ridge = (activation: Smooth | 'relu') => ffn({ hiddenUnits: [], activation, outputWeights: false });
/** One hidden unit and its output weights, as a layer has them. */
const scaled = (activation: Smooth | 'relu') => ffn({ hiddenUnits: 1, activation });
const direction = (activation: Smooth) =>
  normalizedFfn({ hiddenUnits: [], activation, outputWeights: false, epsilon: 0 });

export const namedGates: Readonly<Record<string, () => Gate>> = {
  softmax: () => softmax(),
  'temperature-linear': () => temperature(),
  'temperature-tanh': () => temperature({ router: mlpRouter({ hiddenUnits: [], outputActivation: 'tanh' }) }),
  sigmoid: () => sigmoid(),
  hierarchical: () => hierarchical({ groups: 2 }),
  topK: () => topK({ k: 2, biasInSelection: false }),
};

export const namedExperts: Readonly<Record<string, () => Expert>> = {
  linear: () => linear(),
  polynomial: () => polynomial({ degree: 2 }),
  constant: () => constant(),
  gelu: () => ridge('gelu'),
  tanh: () => ridge('tanh'),
  sigmoid: () => ridge('sigmoid'),
  relu: () => ridge('relu'),
  'gelu-scaled': () => scaled('gelu'),
  'tanh-scaled': () => scaled('tanh'),
  'sigmoid-scaled': () => scaled('sigmoid'),
  'relu-scaled': () => scaled('relu'),
  'gelu-direction': () => direction('gelu'),
  'tanh-direction': () => direction('tanh'),
  'sigmoid-direction': () => direction('sigmoid'),
};

export const inputDims: readonly number[] = [1, 2, 4, 8];
export const expertCounts: readonly number[] = [1, 2, 3, 4];

export interface CellKey {
  readonly gate: string;
  readonly expert: string;
  readonly inputDim: number;
  readonly experts: number;
}

export interface CellVerdict {
  readonly verdict: Verdict['verdict'];
  /** Certified lower bound on the smallest singular value of what is independent. */
  readonly sigmaMin?: number;
  readonly level?: string;
  readonly bits: number;
  readonly points?: number;
  /** Number of relations. */
  readonly relations?: number;
  /** Relations by their shape, and how they are known, with their numbers. */
  readonly shapes?: Readonly<Record<string, number>>;
  readonly proofs?: Readonly<Record<string, number>>;
  /** What an inconclusive verdict would need. */
  readonly raise?: string;
  /** Spread of the points, where it is not 1. */
  readonly spread?: number;
  /** For which parameters it holds. */
  readonly quantifier: Quantifier;
}

export interface SecondOrderCell {
  readonly verdict: Verdict['verdict'];
  readonly quantifier: Quantifier;
  /** Certified lower bound on the curvature of what a split leaves behind. */
  readonly curvature?: number;
  readonly bits?: number;
  readonly direction?: string;
  readonly proof?: string;
  readonly raise?: string;
  readonly spread?: number;
}

export interface Cell extends CellKey {
  readonly firstOrder: CellVerdict;
  readonly secondOrder: SecondOrderCell;
  readonly literal: CellVerdict;
  /** Processor time, in milliseconds. */
  readonly time: number;
}

/** All cells, the small ones first; top-2 and two groups need at least two experts, and two groups an even number. */
export function cellKeys(): CellKey[] {
  const keys: CellKey[] = [];
  for (const inputDim of inputDims)
    for (const experts of expertCounts)
      for (const gate of Object.keys(namedGates))
        for (const expert of Object.keys(namedExperts))
          if (exists(gate, experts)) keys.push({ gate, expert, inputDim, experts });
  return keys;
}

function exists(gate: string, experts: number): boolean {
  if (gate === 'hierarchical') return experts % 2 === 0;
  return gate !== 'topK' || experts > 1;
}

export function nameOf({ gate, expert, inputDim, experts }: CellKey): string {
  return `${gate}/${expert}/${inputDim}/${experts}`;
}

/** Spreads of the points that are tried one after another, as an incomplete verdict advises. */
const spreads: readonly number[] = [1, 2, 4, 8];

/**
 * Judges one cell. Where points of the default spread do not suffice, as where a kink leaves too few of them on one side,
 * wider ones are tried for the questions that are open.
 * @param budget millions of operations, for each spread
 * @param seed of the parameters
 */
export function judge(key: CellKey, budget: number, seed = 0): Cell {
  const started = process.cpuUsage();
  const gate = namedGates[key.gate]!();
  const expert = namedExperts[key.expert]!();
  const { inputDim, experts } = key;
  let cell: Pick<Cell, 'firstOrder' | 'secondOrder' | 'literal'> | undefined;
  for (const spread of spreads) {
    const asked = identifiability({ gate, expert, inputDim, experts, budget, spread, seed });
    const answer = {
      firstOrder: { ...cellVerdict(asked.firstOrder), ...(spread > 1 && { spread }) },
      secondOrder: { ...secondOrderCell(asked.secondOrder), ...(spread > 1 && { spread }) },
      literal: { ...cellVerdict(asked.literal), ...(spread > 1 && { spread }) },
    };
    const better = <V extends CellVerdict | SecondOrderCell>(before: V | undefined, now: V) =>
      before === undefined || (isOpen(before) && !isOpen(now)) ? now : before;
    cell = {
      firstOrder: better(cell?.firstOrder, answer.firstOrder),
      secondOrder: better(cell?.secondOrder, answer.secondOrder),
      literal: better(cell?.literal, answer.literal),
    };
    if (![cell.firstOrder, cell.secondOrder, cell.literal].some(isOpen)) break;
  }
  const { user, system } = process.cpuUsage(started);
  return { ...key, ...cell!, time: Math.round((user + system) / 1000) };
}

function cellVerdict(of: Verdict & Quantified): CellVerdict {
  const { quantifier } = of;
  const certificate = of.verdict === 'dependent' ? of.rest : of;
  const proved =
    'sigmaMin' in certificate
      ? {
          sigmaMin: Number(certificate.sigmaMin.toPrecision(3)),
          level: certificate.level,
          bits: certificate.bits,
          points: certificate.points,
        }
      : { bits: certificate.bits, raise: certificate.raise };
  if (of.verdict !== 'dependent') return { verdict: of.verdict, quantifier, ...proved };
  return {
    verdict: of.verdict,
    quantifier,
    relations: of.relations.length,
    shapes: shapesOf(of.relations),
    proofs: counted(of.relations.map(({ proof }) => proof)),
    ...proved,
  };
}

type SecondOrder = ReturnType<typeof identifiability>['secondOrder'];

function secondOrderCell(of: SecondOrder): SecondOrderCell {
  const { quantifier } = of;
  switch (of.verdict) {
    case 'independent':
      return {
        verdict: of.verdict,
        quantifier,
        curvature: Number(of.curvature.toPrecision(3)),
        bits: of.bits,
      };
    case 'dependent':
      return { verdict: of.verdict, quantifier, direction: of.direction.name, proof: of.direction.proof };
    case 'inconclusive':
      return { verdict: of.verdict, quantifier, raise: of.raise };
  }
}

export function counted(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
