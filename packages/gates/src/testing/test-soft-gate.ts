import {
  type ArrayValue,
  arrayGateOps,
  arrayInput,
  type Gate,
  getGate,
  MoeError,
  paramSize,
  type SoftRouting,
  type Stream,
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
import { noNoise } from './routing-tables.ts';

/** Options of `testSoftGate`: sizes, and what the gate is known to do. */
export interface TestSoftGateOptions {
  /** Number of input features. Default 3. */
  readonly inputDim?: number;
  /** Number of experts. Default 6. */
  readonly experts?: number;
  /** Whether the gate draws noise while training. Default false. */
  readonly noisy?: boolean;
  /** Whether reordering the experts' parameters reorders the slots. Default true. */
  readonly permutable?: boolean;
}

type Soft = SoftRouting<ArrayValue>;
type Data = Readonly<Record<string, Float64Array>>;

/** How a gate under test is asked. */
interface SoftRun {
  readonly x?: readonly number[][];
  readonly by?: Gate;
  readonly mask?: readonly number[] | undefined;
  readonly training?: boolean;
  readonly random?: Stream;
  readonly sequences?: number;
}

const [TOKENS, SEQUENCES] = [12, 2];
const LENGTH = TOKENS / SEQUENCES;
const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);

/**
 * What every gate promises that mixes tokens: slots that are means of the tokens that count, tokens that are means of the
 * slots, both by the softmax of its logits; padding and tokens of NaN in no slot; nothing between sequences where it says
 * so; and no influence of the order of tokens and experts.
 *
 * Tests a gate with `mix` against the contract, on plain arrays; `testGate` does it for such a gate.
 */
export function testSoftGate(runner: Runner, gate: Gate, options: TestSoftGateOptions = {}): void {
  const { inputDim = 3, experts = 6, noisy = false, permutable = true } = options;
  const { describe, test } = runner;
  const specs = gate.params(inputDim, experts);
  const rows = drawnRows(TOKENS, inputDim, 1);
  const drawn = (seed: number) => drawnData(specs, seed);

  function mix(data: Data, run: SoftRun = {}): Soft {
    const { x = rows, by = gate, mask, training = false, random = noNoise, sequences = SEQUENCES } = run;
    const ops = arrayGateOps({ ...(mask && { mask }), random, sequences, tokens: x.length });
    return by.mix!(ops, arrayInput(x), valuesOf(specs, data), { experts, training });
  }

  function bothModes(check: (soft: Soft, mode: string) => void, x: readonly number[][] = rows): void {
    for (const seed of [1, 2, 3]) {
      check(mix(drawn(seed), { x }), 'evaluation');
      check(mix(drawn(seed), { x, training: true, random: stream(seed) }), 'training');
    }
  }

  /** The tokens among which those of a slot stand. */
  const runs = ({ perSequence }: Soft): number[][] =>
    perSequence
      ? Array.from({ length: SEQUENCES }, (_, b) => Array.from({ length: LENGTH }, (_, t) => b * LENGTH + t))
      : [rows.map((_, t) => t)];

  testPlugin(runner, gate, getGate);

  describe(`gate ${gate.kind}: contract`, () => {
    test('has well-formed parameters', () => {
      assertSpecs(specs);
      for (const [name, { copies, shared }] of Object.entries(specs)) {
        const right = shared ? copies === 1 : Number.isInteger(copies / experts) && copies > 0;
        assert(right, `${name}: ${copies} copies for ${experts} experts`);
      }
    });

    test('gives every token every expert, and says so', () => {
      const most = gate.expertsPerToken(experts);
      assert(most === experts, `expertsPerToken is ${most} for ${experts} experts`);
      assert(gate.readsBatch === 'always', `readsBatch is ${gate.readsBatch}; slots are of several tokens`);
    });

    test('routes nothing, and says so by name', () => {
      let error: unknown;
      try {
        const context = { experts, training: false };
        gate.route(arrayGateOps(), arrayInput(rows), valuesOf(specs, drawn(1)), context);
      } catch (thrown) {
        error = thrown;
      }
      assert(error instanceof MoeError, 'route must throw a MoeError: there is no routing of tokens');
    });

    test('returns tables of tokens and slots', () => {
      bothModes(({ logits, dispatch, combine }, mode) => {
        for (const [name, table] of Object.entries({ logits, dispatch, combine })) {
          const { tokens, experts: slots, rows: inner, features } = table;
          const right = tokens === TOKENS && slots === logits.experts && inner === 1 && features === 1;
          const own = Number.isInteger(slots / experts) && slots > 0;
          assert(right && own, `${mode}: ${name} is [${tokens}, ${slots}, ${inner}, ${features}]`);
        }
      });
    });

    test('mixes by the softmax of its logits: over the tokens for a slot, over the slots for a token', () => {
      bothModes(assertSoftmaxes);
    });

    test('is finite at huge logits', () => {
      bothModes(
        (soft, mode) => {
          assertFinite(soft.dispatch.data, `${mode}: dispatch`);
          assertFinite(soft.combine.data, `${mode}: combine`);
          assertSoftmaxes(soft, mode);
        },
        drawnRows(TOKENS, inputDim, 2, 1e4),
      );
    });

    test('is restored from its config with the same slots', () => {
      const by = getGate(JSON.parse(JSON.stringify(gate.config)));
      assertSameTables(mix(drawn(4), { by }), mix(drawn(4)), 'restored');
    });

    test('is deterministic in evaluation', () => {
      assertSameTables(mix(drawn(5)), mix(drawn(5)), 'once more');
    });

    test(noisy ? 'draws noise while training' : 'is the same in training and evaluation', () => {
      const trained = (seed: number) => mix(drawn(6), { training: true, random: stream(seed) });
      if (!noisy) assertSameTables(trained(1), mix(drawn(6)), 'training');
      else assert(!sameNumbers(trained(1).combine, trained(2).combine), 'no noise in what it mixes');
    });

    test('puts no padding into a slot, and changes nothing for the other tokens', () => {
      const padding = (t: number) => t % 3 === 0;
      const mask = rows.map((_, t) => (padding(t) ? 0 : 1));
      const with7 = rows.map((row, t) => (padding(t) ? row.map(() => -7) : row));
      const [before, after] = [mix(drawn(7), { mask }), mix(drawn(7), { mask, x: with7 })];
      assertSoftmaxes(before, 'with padding', mask);
      assertSameTables(after, before, 'with another padding', (t) => !padding(t));
      const nobody = mix(drawn(7), { mask: rows.map(() => 0) });
      assert(
        nobody.dispatch.data.every((share) => share === 0),
        'a batch of padding is in some slot',
      );
    });

    test('answers NaN for a token with a NaN, which is in the way of no other', () => {
      const bad = 3;
      for (const features of [[0], rows[bad]!.keys()]) {
        const broken = rows.map((row) => [...row]);
        for (const f of features) broken[bad]![f] = Number.NaN;
        // It leaves its place to others, as padding does.
        const alone = mix(drawn(8), { mask: rows.map((_, t) => (t === bad ? 0 : 1)) });
        const after = mix(drawn(8), { x: broken });
        const own = tableOf(after.combine)[bad]!;
        assert(own.some(Number.isNaN), 'what a token of NaN is given are all numbers');
        assertSameTables(after, alone, 'beside a token of NaN', (t) => t !== bad);
      }
    });

    test('answers NaN for the tokens that a parameter of NaN reaches', () => {
      for (const [name, values] of Object.entries(drawn(9))) {
        for (const i of new Set([0, values.length - 1])) {
          const by = (other: number) =>
            mix({ ...drawn(9), [name]: values.map((own, at) => (at === i ? other : own)) }).combine;
          const [sound, moved, broken] = [values[i]!, values[i]! + 0.37, Number.NaN].map((value) =>
            tableOf(by(value)),
          );
          rows.forEach((_, t) => {
            const differs = sound![t]!.some((share, s) => share !== moved![t]![s]);
            const hidden = differs && !broken![t]!.some(Number.isNaN);
            assert(!hidden, `number ${i} of ${name} is NaN, and what token ${t} is given are all numbers`);
          });
        }
      }
    });

    test('has slots of whom it says: of each sequence, or of the batch', () => {
      const soft = mix(drawn(10));
      const first = rows.slice(0, LENGTH);
      const alone = mix(drawn(10), { x: first, sequences: 1 });
      const same = (name: 'dispatch' | 'combine') =>
        sameNumbers(alone[name], { data: soft[name].data.slice(0, alone[name].data.length) });
      const word = soft.perSequence ? 'is true' : 'is false';
      assert(
        same('dispatch') === soft.perSequence,
        `perSequence ${word}, and the tokens of the next sequence ${soft.perSequence ? 'are' : 'are not'} in the slots of the first`,
      );
      if (soft.perSequence) assert(same('combine'), 'a sequence is given slots of another');
    });

    test('does not see the order of the tokens of a sequence', () => {
      const order = [...stream(11).permutation(LENGTH), ...[...rows.keys()].slice(LENGTH)];
      const expected = mix(drawn(11));
      const actual = mix(drawn(11), { x: order.map((from) => rows[from]!) });
      for (const name of ['logits', 'dispatch', 'combine'] as const) {
        const table = tableOf(expected[name]);
        const moved = order.flatMap((from) => table[from]!);
        assertClose(actual[name].data, moved, `${name} after a reordering of the tokens`);
      }
    });

    if (permutable) {
      test('treats the experts alike', () => {
        const order = [...stream(12).permutation(experts)];
        const data = drawn(12);
        const moved = Object.entries(data).map(([name, values]) => {
          const spec = specs[name]!;
          if (spec.shared) return [name, values] as const;
          const size = (spec.copies / experts) * paramSize(spec);
          const copies = order.flatMap((from) => [...values.subarray(from * size, (from + 1) * size)]);
          return [name, Float64Array.from(copies)] as const;
        });
        const [expected, actual] = [mix(data), mix(Object.fromEntries(moved))];
        for (const name of ['logits', 'dispatch', 'combine'] as const) {
          const slots = expected[name].experts / experts;
          const own = tableOf(expected[name]).flatMap((row) =>
            order.flatMap((from) => row.slice(from * slots, (from + 1) * slots)),
          );
          assertClose(actual[name].data, own, `${name} after a reordering of the experts`);
        }
      });
    }

    test('has no idle parameter', () => {
      const before = mix(drawn(13)).combine;
      for (const [name, values] of Object.entries(drawn(13))) {
        values.forEach((value, i) => {
          const moved = values.map((own, at) => (at === i ? value + 0.37 : own));
          const after = mix({ ...drawn(13), [name]: moved }).combine;
          assert(!sameNumbers(after, before), `number ${i} of ${name} changes nothing`);
        });
      }
    });
  });

  /** The two softmaxes, by plain loops; without padding, which is in no slot. */
  function assertSoftmaxes(soft: Soft, mode: string, mask?: readonly number[]): void {
    const [logits, dispatch, combine] = [soft.logits, soft.dispatch, soft.combine].map(tableOf);
    const counts = (t: number) => mask?.[t] !== 0;
    for (const run of runs(soft)) {
      const there = run.filter(counts);
      for (const t of run.filter((token) => !counts(token)))
        assert(
          Math.max(...dispatch![t]!.map(Math.abs)) === 0,
          `${mode}: token ${t} is padding, and in a slot`,
        );
      logits![0]!.forEach((_, s) => {
        const shares = there.map((t) => dispatch![t]![s]!);
        assertClose([total(shares)], [1], `${mode}: sum over the tokens of slot ${s}`, 1e-9);
        assertClose(
          shares,
          softmaxOf(there.map((t) => logits![t]![s]!)),
          `${mode}: tokens of slot ${s}`,
          1e-9,
        );
      });
      for (const t of there) {
        assertClose([total(combine![t]!)], [1], `${mode}: sum over the slots of token ${t}`, 1e-9);
        assertClose(combine![t]!, softmaxOf(logits![t]!), `${mode}: slots of token ${t}`, 1e-9);
      }
    }
  }
}

function softmaxOf(values: readonly number[]): number[] {
  const largest = Math.max(...values);
  const masses = values.map((value) => Math.exp(value - largest));
  return masses.map((mass) => mass / total(masses));
}

function sameNumbers(a: Pick<ArrayValue, 'data'>, b: Pick<ArrayValue, 'data'>): boolean {
  return a.data.every((value, i) => Math.abs(value - b.data[i]!) < 1e-12);
}

/** Two soft routings with the same numbers for the tokens that are asked for. */
function assertSameTables(
  actual: Soft,
  expected: Soft,
  what: string,
  of: (token: number) => boolean = () => true,
): void {
  assert(actual.perSequence === expected.perSequence, `${what}: perSequence is another`);
  for (const name of ['logits', 'dispatch', 'combine'] as const) {
    const kept = (soft: Soft) =>
      tableOf(soft[name])
        .filter((_, t) => of(t))
        .flat();
    assertClose(kept(actual), kept(expected), `${what}: ${name}`, 1e-12);
  }
}
