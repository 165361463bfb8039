import {
  type ArrayValue,
  arrayGateOps,
  arrayInput,
  expectGateTraits,
  type Freedom,
  type Gate,
  type GateForm,
  mapNames,
  type Numbers,
  type ParamSpecs,
  paramSize,
  type Routing,
  stream,
  tableOf,
} from '@tfjs-moe/core';
import {
  assert,
  assertClose,
  assertParameters,
  drawnData,
  drawnRows,
  type Runner,
  testTraitShape,
  valuesOf,
} from '@tfjs-moe/core/testing';
import { assertFormNames, formInWords } from './form-names.ts';
import { formWeights } from './form-weights.ts';
import { assertSees } from './gate-sees.ts';
import { selectedBy } from './routing-tables.ts';

const TOKENS = 16;
const SEEDS = [21, 22, 23];

type Data = Readonly<Record<string, Float64Array>>;

/** Options of `testGateTraits`: the sizes of the gate under test, and what is tested. */
export interface TestGateTraitsOptions {
  /** Number of inputs. */
  readonly inputDim: number;
  /** Number of experts. */
  readonly experts: number;
  /**
   * Whether `sees` is tested as well, which takes derivatives to every parameter, and enough experts that are selected
   * often. Default true.
   */
  readonly ranks?: boolean;
}

/**
 * Tests that what a gate says of itself is true; a trait that it does not have passes.
 *
 * @example testGateTraits({ describe, test }, myGate(), { inputDim: 4, experts: 6 });
 */
export function testGateTraits(
  runner: Runner,
  gate: Gate,
  { inputDim, experts, ranks = true }: TestGateTraitsOptions,
): void {
  const { describe, test } = runner;
  const specs: ParamSpecs = gate.params(inputDim, experts);
  const rows = drawnRows(TOKENS, inputDim, 3);
  const { form, sees, gauge } = gate.traits ?? {};

  const route = (data: Data): Routing<ArrayValue> =>
    gate.route(arrayGateOps(), arrayInput(rows), valuesOf(specs, data), { experts, training: false });

  if (gate.traits === undefined) return;
  describe(`gate ${gate.kind}: traits`, () => {
    if (!testTraitShape(runner, gate, expectGateTraits)) return;
    if (form !== undefined) {
      test('form: names parameters of the right copies', () => {
        assertFormNames(form, { specs, inputDim, sizes: [experts] }, 'traits.form');
      });
      test('form: the weights are those that it says', () => {
        for (const seed of SEEDS) assertWeights(form, drawnData(specs, seed));
      });
      if (form.type !== 'hierarchical' && form.selection === undefined) {
        test('form: scores order the experts as the weights do', () => {
          assertSameOrder(route(drawnData(specs, 24)));
        });
      }
    }
    if (sees !== undefined && ranks) {
      test('sees: its parameters are seen as that form sees them', () => {
        assertFormNames(sees, { specs, inputDim, sizes: [experts] }, 'traits.sees');
        assertSees(gate, sees, inputDim, experts);
      });
    }
    if (gauge !== undefined) {
      test('gauge: moving along it changes no weight', () => {
        const freedoms = gauge(inputDim, experts);
        assertFixedOnce(freedoms);
        freedoms.forEach((freedom, i) => {
          for (const seed of SEEDS) assertFreedom(freedom, seed, `traits.gauge[${i}]`);
        });
      });
    }
  });

  function assertWeights(of: GateForm, data: Data): void {
    assertClose(
      route(data).weights.data,
      formWeights(of, { specs, data, rows, experts }).flat(),
      `traits.form says that the weights are ${formInWords(of)}; those of route`,
      1e-9,
    );
  }

  function assertFreedom({ fixed, move }: Freedom, seed: number, where: string): void {
    assertParameters(
      fixed.map(({ name }) => name),
      specs,
      where,
    );
    for (const { name, copy } of fixed) {
      const { copies } = specs[name]!;
      const inside = Number.isInteger(copy) && copy >= 0 && copy < copies;
      assert(inside, `${where} fixes copy ${copy} of ${name}, which has ${copies}`);
    }
    const data = drawnData(specs, seed);
    const numbers: Numbers = mapNames(data, (values) => Object.freeze([...values]));
    const random = stream(seed, where);
    const size = fixed.reduce((sum, { name }) => sum + paramSize(specs[name]!), 0);
    // Small, so that parameters in a box rarely leave it.
    const t = Array.from({ length: size }, () => 0.2 * random.normal());
    const at = (of: Numbers) => fixed.flatMap((copy) => numbersAt(of, copy));
    const moved = move(numbers, t);
    const lengths = (of: Numbers) =>
      JSON.stringify(
        Object.entries(of)
          .map(([name, { length }]) => [name, length])
          .sort(),
      );
    assert(
      lengths(moved) === lengths(numbers),
      `${where}.move must return as many numbers of every parameter as it was given`,
    );
    assertClose(
      at(moved),
      at(numbers).map((value, i) => value + t[i]!),
      `${where}.move must add t to the parameters that are fixed; these after it`,
      1e-9,
    );
    const [before, after] = [data, mapNames(moved, (values) => Float64Array.from(values))].map(route) as [
      Routing<ArrayValue>,
      Routing<ArrayValue>,
    ];
    const claim = `${where} says that the gate does not see the displacement of its parameters; the`;
    assertClose(after.weights.data, before.weights.data, `${claim} weights after it`, 1e-8);
    assertClose(
      selectedBy(after.choices).data,
      selectedBy(before.choices).data,
      `${claim} selection after it`,
      0,
    );
  }

  function numbersAt(of: Numbers, { name, copy }: Freedom['fixed'][number]): number[] {
    const size = paramSize(specs[name]!);
    return of[name]!.slice(copy * size, (copy + 1) * size);
  }
}

/** A selection takes the largest scores, and the form of one takes the largest logits. */
function assertSameOrder(routing: Routing<ArrayValue>): void {
  const scores = tableOf(routing.scores);
  tableOf(routing.weights).forEach((row, t) => {
    const order = row.map((_, e) => e).sort((a, b) => row[b]! - row[a]!);
    const sorted = order.map((e) => scores[t]![e]!);
    const falls = sorted.every((score, i) => i === 0 || score < sorted[i - 1]!);
    assert(
      falls,
      `traits.form says that weights grow with the logits, so scores must too; those of token ${t}, by falling weights, are ${sorted}`,
    );
  });
}

function assertFixedOnce(freedoms: readonly Freedom[]): void {
  const fixed = freedoms.flatMap((freedom) => freedom.fixed.map(({ name, copy }) => `${name}#${copy}`));
  const twice = fixed.find((name, i) => fixed.indexOf(name) !== i);
  assert(twice === undefined, `traits.gauge: ${twice} is fixed twice, so its freedoms are not independent`);
}
