import { arrayGateOps, arrayInput, type Gate, type GateForm, type ParamSpecs } from '@tfjs-moe/core';
import { assert, drawnData, drawnRows, valuesOf } from '@tfjs-moe/core/testing';
import { rankOf } from './elimination.ts';
import { formInWords } from './form-names.ts';
import { formWeights } from './form-weights.ts';

const SEEDS = [41, 42, 43];
const TOKENS = 24;
// Where it selects little, what it sees may show at few numbers and among many tokens only.
const MORE_SEEDS = [44, 45, 46];
const MORE_TOKENS = 40;
const STEP = 1e-5;

type Data = Readonly<Record<string, Float64Array>>;

/**
 * Asserts that a gate sees of its parameters what a form does, no more and no less: the derivatives of its weights, of the
 * form's, and of both together have one rank. Where it selects little it may see less at some numbers, and at no numbers more.
 */
export function assertSees(gate: Gate, form: GateForm, inputDim: number, experts: number): void {
  const specs: ParamSpecs = gate.params(inputDim, experts);
  let rows = drawnRows(TOKENS, inputDim, 3);
  const own = (data: Data) => [
    ...gate.route(arrayGateOps(), arrayInput(rows), valuesOf(specs, data), { experts, training: false })
      .weights.data,
  ];
  const said = (data: Data) => formWeights(form, { specs, data, rows, experts }).flat();
  const where = `traits.sees says that it sees its parameters as ${formInWords(form)} does`;
  let least = Infinity;
  const compare = (seed: number) => {
    const data = drawnData(specs, seed);
    const [ofGate, ofForm] = [own, said].map((weights) => derivatives(weights, specs, data));
    const seen = rankOf(ofForm!);
    const more = rankOf(ofGate!.map((column, i) => [...column, ...ofForm![i]!])) - seen;
    assert(more === 0, `${where}; it sees ${more} directions more`);
    least = Math.min(least, seen - rankOf(ofGate!));
  };
  SEEDS.forEach(compare);
  if (least > 0) rows = drawnRows(MORE_TOKENS, inputDim, 3);
  for (const seed of MORE_SEEDS) if (least > 0) compare(seed);
  assert(least <= 0, `${where}; it sees ${least} directions less`);
}

/** By each number that training may change. */
function derivatives(weights: (data: Data) => number[], specs: ParamSpecs, data: Data): number[][] {
  return Object.entries(specs).flatMap(([name, { trainable }]) => {
    if (trainable === false) return [];
    return Array.from(data[name]!, (_, i) => {
      const moved = (by: number) =>
        weights({ ...data, [name]: data[name]!.map((value, j) => (j === i ? value + by : value)) });
      const [above, below] = [moved(STEP), moved(-STEP)];
      return above.map((value, t) => (value - below[t]!) / (2 * STEP));
    });
  });
}
