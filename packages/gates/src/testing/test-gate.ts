import {
  type ArrayValue,
  arrayGateOps,
  arrayInput,
  type Gate,
  getGate,
  mapNames,
  type Routing,
  stream,
  tableOf,
} from '@tfjs-moe/core';
import {
  assert,
  assertClose,
  assertFinite,
  assertSpecs,
  drawnData,
  drawnRows,
  type Runner,
  testPlugin,
  valuesOf,
} from '@tfjs-moe/core/testing';
import { type GateRun, testGateMembers } from './gate-members.ts';
import { testGateTraits } from './gate-traits.ts';
import {
  assertMasks,
  assertSame,
  assertSameBut,
  differ,
  hasNaN,
  noNoise,
  selectedBy,
  tables,
} from './routing-tables.ts';
import { testSoftGate } from './test-soft-gate.ts';

/** Options of `testGate`: sizes, and what the gate is known to do. */
export interface TestGateOptions {
  /** Number of input features. Default 3. */
  readonly inputDim?: number;
  /** Number of experts. Default 6. */
  readonly experts?: number;
  /** Whether every token gets exactly `expertsPerToken` experts, as under top-K. Default false. */
  readonly exact?: boolean;
  /** Whether the gate draws noise while training. Default false. */
  readonly noisy?: boolean;
  /** Whether reordering the experts' parameters reorders the routing; not so where experts have groups. Default true. */
  readonly permutable?: boolean;
  /** Whether adding a number to the parameter `bias` of all experts changes nothing, as under softmax. Default false. */
  readonly translationInvariant?: boolean;
  /** Whether weights of selected experts may be negative or 0, as where a score is the weight. Default false. */
  readonly signedWeights?: boolean;
  /**
   * Side inputs, for gates that ask for some: the number of a token, and of one of its experts, under a name. Default the
   * number of the token modulo 4.
   */
  readonly inputs?: (name: string, token: number, expert: number) => number;
}

const TOKENS = 14;
const sum = (a: number, b: number) => a + b;

/**
 * What every gate promises: a distribution over the experts, disjoint masks, weights that vanish outside them, no
 * influence of the order of the experts, none of one token on another unless `readsBatch` says so, and noise only while
 * training.
 *
 * Tests a gate against the contract, on plain arrays. One that mixes tokens has a contract of its own, `testSoftGate`,
 * which this runs for it.
 */
export function testGate(runner: Runner, gate: Gate, options: TestGateOptions = {}): void {
  if (gate.mix !== undefined) {
    testSoftGate(runner, gate, options);
    return;
  }
  const { inputDim = 3, experts = 6, exact = false, noisy = false } = options;
  const { permutable = true, translationInvariant = false, signedWeights = false } = options;
  const { readsBatch = 'never' } = gate;
  const inputOf = options.inputs ?? ((_name, token) => token % 4);
  const { describe, test } = runner;
  const specs = gate.params(inputDim, experts);
  const rows = drawnRows(TOKENS, inputDim, 1);
  const drawn = (seed: number) => drawnData(specs, seed);

  function route(data: Record<string, Float64Array>, run: GateRun = {}): Routing<ArrayValue> {
    const { x = rows, by = gate, training = false, mask, random, choices } = run;
    const ops = arrayGateOps({
      ...(mask && { mask }),
      ...(random && { random }),
      sequences: x.length % 2 === 0 ? 2 : 1,
    });
    const inputs = mapNames(by.inputs ?? {}, (kind, name) =>
      sideInput(kind === 'token' ? 1 : experts, x, (token, expert) => inputOf(name, token, expert)),
    );
    const context = { experts, training, ...(by.inputs && { inputs }), ...(choices && { choices }) };
    return by.route(ops, arrayInput(x), valuesOf(specs, data), context);
  }

  /** A side input of the tokens of a batch; a token alone keeps its number. */
  function sideInput(
    columns: number,
    x: readonly number[][],
    of: (token: number, expert: number) => number,
  ): ArrayValue {
    const numberOf = (row: number[], t: number) => (x.length === rows.length ? t : rows.indexOf(row));
    const data = x.flatMap((row, t) => Array.from({ length: columns }, (_, e) => of(numberOf(row, t), e)));
    return { tokens: x.length, experts: columns, rows: 1, features: 1, data: Float64Array.from(data) };
  }

  function bothModes(check: (routing: Routing<ArrayValue>, mode: string) => void, x = rows): void {
    for (const seed of [1, 2, 3]) {
      check(route(drawn(seed), { x }), 'evaluation');
      check(route(drawn(seed), { x, training: true, random: stream(seed) }), 'training');
    }
  }

  /** Whether what a token holds matters to this gate. */
  function dependsOn(token: number): boolean {
    const moved = rows.map((row, t) => (t === token ? row.map((value) => value + 0.37) : row));
    return differ(route(drawn(10)), route(drawn(10), { x: moved }), token);
  }

  testPlugin(runner, gate, getGate);

  describe(`gate ${gate.kind}: contract`, () => {
    test('has well-formed parameters', () => {
      assertSpecs(specs);
      for (const [name, { copies, shared }] of Object.entries(specs)) {
        assert(Number.isInteger(copies) && copies > 0, `${name}: copies must be a positive integer`);
        assert(shared ? copies === 1 : copies <= experts, `${name}: ${copies} copies for ${experts} experts`);
      }
    });

    test('says how many experts a token can have', () => {
      const most = gate.expertsPerToken(experts);
      assert(Number.isInteger(most) && most >= 1 && most <= experts, `expertsPerToken is ${most}`);
    });

    test('returns tables of tokens and experts', () => {
      bothModes((routing, mode) => {
        for (const [name, value] of tables(routing)) {
          const { tokens, experts: wide, rows: inner, features } = value;
          const right = tokens === TOKENS && wide === experts && inner === 1 && features === 1;
          assert(right, `${mode}: ${name} is [${tokens}, ${wide}, ${inner}, ${features}]`);
        }
      });
    });

    test('returns a distribution over the experts', () => {
      bothModes(({ probabilities }, mode) => {
        for (const row of tableOf(probabilities)) {
          assert(Math.min(...row) >= 0, `${mode}: a probability is negative`);
          assertClose([row.reduce(sum, 0)], [1], `${mode}: sum of a token's probabilities`, 1e-9);
        }
      });
    });

    test('selects with disjoint masks, and not too many experts', () => {
      const most = gate.expertsPerToken(experts);
      bothModes(({ choices, selectsAll = false }, mode) => {
        assert(choices.length > 0, `${mode}: there is no choice`);
        for (const row of tableOf(selectedBy(choices))) {
          const zeroOrOne = row.every((count) => count === 0 || count === 1);
          assert(zeroOrOne, `${mode}: the masks of a token sum to ${row}`);
          const count = row.reduce(sum, 0);
          assert(count <= most, `${mode}: ${count} experts for a token, at most ${most} promised`);
          assert(!selectsAll || count === experts, `${mode}: selectsAll, and ${count} experts for a token`);
          assert(!exact || count === most, `${mode}: ${count} experts for a token instead of ${most}`);
        }
        for (const choice of choices) {
          assert(
            choice.data.every((entry) => entry === 0 || entry === 1),
            `${mode}: a mask is not of 0 and 1`,
          );
        }
      });
    });

    test('has positive weights where it selects and zero elsewhere', () => {
      bothModes(({ choices, weights }, mode) => {
        const selected = selectedBy(choices);
        weights.data.forEach((weight, i) => {
          const right = selected.data[i] === 1 ? signedWeights || weight > 0 : weight === 0;
          assert(right, `${mode}: weight ${weight} where the masks say ${selected.data[i]}`);
        });
      });
    });

    test('has logarithms and undivided weights that agree with its weights, where it has them', () => {
      bothModes(({ weights, logWeights, unnormalized }, mode) => {
        const logs = weights.data.map(Math.log);
        const differences = (of: ArrayValue) => of.data.map((value, i) => logs[i]! - value);
        if (logWeights !== undefined) {
          assertLevel(differences(logWeights), `${mode}: logarithm of the weights less logWeights`);
        }
        if (unnormalized !== undefined) {
          const undivided = { ...unnormalized, data: unnormalized.data.map(Math.log) };
          assertLevel(differences(undivided), `${mode}: logarithm of the weights over unnormalized`);
        }
      });
    });

    test('has a load between 0 and 1, where it has one', () => {
      bothModes(({ load }, mode) => {
        const inside = load?.data.every((chance) => chance >= 0 && chance <= 1) ?? true;
        assert(inside, `${mode}: a load is not a probability`);
      });
    });

    test('is finite at huge logits', () => {
      bothModes(
        (routing, mode) => {
          for (const [name, value] of tables(routing)) assertFinite(value.data, `${mode}: ${name}`);
          assert(signedWeights || Math.min(...routing.weights.data) >= 0, `${mode}: a weight is negative`);
          const sums = tableOf(routing.probabilities).map((row) => row.reduce(sum, 0));
          assertClose(
            sums,
            Array.from(sums, () => 1),
            `${mode}: sums of the probabilities`,
            1e-9,
          );
        },
        drawnRows(TOKENS, inputDim, 2, 1e4),
      );
    });

    test('is restored from its config with the same routing', () => {
      const by = getGate(JSON.parse(JSON.stringify(gate.config)));
      assertSame(route(drawn(4), { by }), route(drawn(4)), 'restored');
    });

    test('is deterministic in evaluation', () => {
      assertSame(route(drawn(5), { random: noNoise }), route(drawn(5), { random: noNoise }), 'once more');
    });

    const isOther = noisy ? 'draws noise' : 'reads the batch';
    const differs = noisy || readsBatch === 'training';
    test(differs ? `${isOther} while training` : 'is the same in training and evaluation', () => {
      const evaluated = route(drawn(6));
      const trained = (seed: number) => route(drawn(6), { training: true, random: stream(seed) });
      const differ = (a: Routing<ArrayValue>, b: Routing<ArrayValue>) =>
        a.weights.data.some((weight, i) => weight !== b.weights.data[i]);
      if (!differs) assertSame(trained(1), evaluated, 'training');
      if (noisy) assert(differ(trained(1), trained(2)), 'no noise in the weights');
      if (differs) assert(differ(trained(1), evaluated), 'training has the weights of evaluation');
      assertClose(trained(1).logits.data, evaluated.logits.data, 'clean logits while training');
    });

    test('does not let padding influence other tokens', () => {
      const padding = (_: unknown, t: number) => t % 3 === 0;
      const mask = rows.map((_, t) => (padding(_, t) ? 0 : 1));
      const x = rows.map((row, t) => (padding(row, t) ? row.map(() => -7) : row));
      const before = route(drawn(7), { mask });
      const after = route(drawn(7), { mask, x });
      for (const [name, value] of tables(before)) {
        const kept = (table: ArrayValue) => tableOf(table).filter((row, t) => !padding(row, t));
        const expected = kept(tables(after).get(name)!).flat();
        assertClose(kept(value).flat(), expected, `${name} of the tokens that are not padding`, 0);
      }
    });

    test('answers NaN for a token with a NaN, and changes nothing for the others', () => {
      const bad = 3;
      for (const features of [[0], rows[bad]?.keys() ?? []]) {
        const broken = rows.map((row) => [...row]);
        for (const f of features) broken[bad]![f] = Number.NaN;
        for (const training of [false, true]) {
          const run = (x: number[][], mask?: number[]) =>
            route(drawn(10), { x, training, random: stream(10), ...(mask && { mask }) });
          // In a batch that is read, a token of NaN leaves its place to others, as padding does.
          const alone = readsBatch === 'never' ? undefined : rows.map((_, t) => (t === bad ? 0 : 1));
          const [sound, after] = [run(rows, alone), run(broken)];
          if (!dependsOn(bad)) continue;
          assert(hasNaN(after.weights, bad), 'the weights of a token of NaN are all numbers');
          assertMasks(after.choices);
          assertSameBut(bad, after, sound);
        }
      }
    });

    test('answers NaN for the tokens that a parameter of NaN routes', () => {
      for (const [name, values] of Object.entries(drawn(11))) {
        for (const i of new Set([0, Math.floor(values.length / 2), values.length - 1])) {
          const withValue = (other: number) =>
            route({ ...drawn(11), [name]: values.map((own, at) => (at === i ? other : own)) });
          const value = values[i]!;
          const [sound, moved, broken] = [withValue(value), withValue(value + 0.37), withValue(Number.NaN)];
          assertMasks(broken.choices);
          rows.forEach((_, t) => {
            const hidden = differ(sound, moved, t) && !hasNaN(broken.weights, t);
            assert(!hidden, `number ${i} of ${name} is NaN, and the weights of token ${t} are all numbers`);
          });
        }
      }
    });

    testGateMembers(test, gate, { experts, rows, specs, drawn, route });

    if (permutable) {
      test('treats the experts alike', () => {
        const order = [...stream(8).permutation(experts)];
        const data = drawn(8);
        const reordered = Object.entries(data).map(([name, values]) => {
          if (specs[name]?.copies !== experts) return [name, values] as const;
          const size = values.length / experts;
          const copies = order.map((from) => [...values.subarray(from * size, (from + 1) * size)]);
          return [name, Float64Array.from(copies.flat())] as const;
        });
        const expected = tables(route(data));
        for (const [name, value] of tables(route(Object.fromEntries(reordered)))) {
          const table = tableOf(expected.get(name)!);
          const moved = table.flatMap((row) => order.map((from) => row[from]!));
          assertClose(value.data, moved, `${name} after a reordering of the experts`);
        }
      });
    }

    if (translationInvariant) {
      test('does not change when all biases move together', () => {
        const data = drawn(9);
        assert(data.bias !== undefined, 'there is no parameter bias');
        const moved = { ...data, bias: data.bias.map((bias) => bias + 3) };
        const [before, after] = [route(data), route(moved)];
        assertClose(after.probabilities.data, before.probabilities.data, 'probabilities');
        assertClose(after.weights.data, before.weights.data, 'weights');
        assertClose(selectedBy(after.choices).data, selectedBy(before.choices).data, 'selection');
      });
    }
  });

  /** One number per token, over the experts that have a weight. */
  function assertLevel(differences: Float64Array, what: string): void {
    for (let t = 0; t < TOKENS; t++) {
      const own = differences.subarray(t * experts, (t + 1) * experts).filter(Number.isFinite);
      assertClose(
        own,
        own.map(() => own[0]!),
        `${what} of token ${t}, the same for all experts`,
        1e-8,
      );
    }
  }

  testGateTraits(runner, gate, { inputDim, experts });
}
