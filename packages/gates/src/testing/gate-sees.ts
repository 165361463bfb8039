import { arrayGateOps, arrayInput, type Gate, type GateForm, type ParamSpecs } from '@tfjs-moe/core';
import { assert, drawnData, drawnRows, valuesOf } from '@tfjs-moe/core/testing';
import { rankOf } from './elimination.ts';
import { formInWords } from './form-names.ts';
import { formWeights } from './form-weights.ts';

const SEEDS = [41, 42, 43, 44, 45, 46];
const TOKENS = 40;
const STEP = 1e-5;

type Data = Readonly<Record<string, Float64Array>>;

/**
 * Asserts that a gate sees of its parameters what a form does, no more and no less: the derivatives of its weights, of the
 * form's, and of both together have one rank. Where it selects little it may see less at some numbers, and at no numbers more.
 */
export function assertSees(gate: Gate, form: GateForm, inputDim: number, experts: number): void {
  const specs: ParamSpecs = gate.params(inputDim, experts);
  const rows = drawnRows(TOKENS, inputDim, 3);
  const own = (data: Data) => [
    ...gate.route(arrayGateOps(), arrayInput(rows), valuesOf(specs, data), { experts, training: false })
      .weights.data,
  ];
  const said = (data: Data) => formWeights(form, { specs, data, rows, experts }).flat();
  const where = `traits.sees says that it sees its parameters as ${formInWords(form)} does`;
  const ranks = SEEDS.map((seed) => {
    const data = drawnData(specs, seed);
    const [ofGate, ofForm] = [own, said].map((weights) => derivatives(weights, specs, data));
    const both = ofGate!.map((column, i) => [...column, ...ofForm![i]!]);
    return { gate: rankOf(ofGate!), form: rankOf(ofForm!), both: rankOf(both) };
  });
  for (const rank of ranks)
    assert(rank.both === rank.form, `${where}; it sees ${rank.both - rank.form} directions more`);
  const least = Math.min(...ranks.map((rank) => rank.form - rank.gate));
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
