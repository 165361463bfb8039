import { type Activation, activations, expectOneOf, type GateOps, MoeError, runSizes } from '@tfjs-moe/core';
import type { Algebra } from '../jets/jets.ts';
import type { Grid } from './grid.ts';

/**
 * Ops and GateOps over any algebra: the interpretation that turns a router, gate or expert into derivatives, balls or
 * formal expressions.
 *
 * What only tensors have (noise, sums over a batch) is an error here: definitions are evaluated as in evaluation mode,
 * point by point.
 *
 * GateOps, and with it Ops, over an algebra.
 */
export function gridOps<J>(algebra: Algebra<J>): GateOps<Grid<J>> {
  const one = algebra.constant(1);
  const product = (a: J, b: J) => algebra.dot([a], [b]);
  const reciprocal = (a: J) => algebra.apply('reciprocal', a);
  const elementwise = (name: Parameters<typeof algebra.apply>[0]) => (a: Grid<J>) =>
    map(a, (entry) => algebra.apply(name, entry));

  function take(a: Grid<J>, features: readonly number[]): Grid<J> {
    const { experts, rows } = a;
    return build({ experts, rows, features: features.length }, (e, row, f) => at(a, e, row, features[f]!));
  }

  function dot(a: Grid<J>, b: Grid<J>): Grid<J> {
    const features = broadcast(a.features, b.features, 'features');
    return build({ experts: broadcast(a.experts, b.experts, 'experts'), rows: 1, features: 1 }, (e) =>
      algebra.dot(
        Array.from({ length: features }, (_, f) => at(a, e, 0, f)),
        Array.from({ length: features }, (_, f) => at(b, e, 0, f)),
      ),
    );
  }

  const activated = (name: Activation, a: Grid<J>) =>
    elementwise(expectOneOf('Ops', 'activation', name, activations))(a);

  function affine(x: Grid<J>, kernel: Grid<J>, bias?: Grid<J>, activation?: Activation): Grid<J> {
    if (x.features !== kernel.rows) broadcast(x.features, kernel.rows, 'features in');
    const experts = broadcast(x.experts, broadcast(kernel.experts, bias?.experts ?? 1, 'experts'), 'experts');
    const y = build({ experts, rows: 1, features: kernel.features }, (e, _row, h) => {
      const left = Array.from({ length: kernel.rows }, (_, d) => at(x, e, 0, d));
      const right = Array.from({ length: kernel.rows }, (_, d) => at(kernel, e, d, h));
      return bias ? algebra.dot([...left, one], [...right, at(bias, e, 0, h)]) : algebra.dot(left, right);
    });
    return activation === undefined ? y : activated(activation, y);
  }

  /** Ops and what happens inside each of `groups` runs of consecutive experts. */
  function inGroups(groups: number): GateOps<Grid<J>> {
    function eachGroup(a: Grid<J>, of: (members: readonly J[]) => readonly J[]): Grid<J> {
      if (a.experts % groups !== 0) {
        throw new MoeError('within', `groups must divide the number of experts (${a.experts})`, groups);
      }
      const size = a.experts / groups;
      const places = a.rows * a.features;
      const entries = [...a.entries];
      for (let g = 0; g < groups; g++) {
        for (let place = 0; place < places; place++) {
          const index = (member: number) => (g * size + member) * places + place;
          const members = Array.from({ length: size }, (_, m) => a.entries[index(m)]!);
          of(members).forEach((entry, m) => {
            entries[index(m)] = entry;
          });
        }
      }
      return { ...a, entries };
    }

    const sum = (members: readonly J[]) => members.reduce(algebra.add);
    /** Exponentials after the subtraction of something near the largest. */
    function exponentials(members: readonly J[]) {
      const shift = algebra.shift(members);
      const exps = members.map((z) => algebra.apply('exp', shift === undefined ? z : algebra.sub(z, shift)));
      return { shift, exps };
    }

    function softmax(members: readonly J[]): J[] {
      const { exps } = exponentials(members);
      const inverse = reciprocal(sum(exps));
      return exps.map((e) => product(e, inverse));
    }

    function logSumExp(members: readonly J[]): J[] {
      const { shift, exps } = exponentials(members);
      const log = algebra.apply('log', sum(exps));
      return members.map(() => (shift === undefined ? log : algebra.add(shift, log)));
    }

    /** How many members come before each: larger ones, and equal ones with a lower index. */
    function ranks(members: readonly J[]): J[] {
      return members.map((own, e) =>
        sum([
          algebra.constant(0),
          ...members.map((other, o) => {
            if (o === e) return algebra.constant(0);
            return o < e ? algebra.sub(one, algebra.greater(own, other)) : algebra.greater(other, own);
          }),
        ]),
      );
    }

    function topK(scores: Grid<J>, k: number): Grid<J>[] {
      const ranked = eachGroup(scores, ranks);
      const below = (limit: number) => map(ranked, (rank) => algebra.greater(algebra.constant(limit), rank));
      return Array.from({ length: k }, (_, choice) =>
        zip(below(choice + 0.5), below(choice - 0.5), algebra.sub),
      );
    }

    return Object.freeze({
      constant: (value: number) => ({ experts: 1, rows: 1, features: 1, entries: [algebra.constant(value)] }),
      add: (a: Grid<J>, b: Grid<J>) => zip(a, b, algebra.add),
      sub: (a: Grid<J>, b: Grid<J>) => zip(a, b, algebra.sub),
      mul: (a: Grid<J>, b: Grid<J>) => zip(a, b, product),
      div: (a: Grid<J>, b: Grid<J>) => zip(a, map(b, reciprocal), product),
      exp: elementwise('exp'),
      log: elementwise('log'),
      sqrt: elementwise('sqrt'),
      activation: activated,
      normalCdf: elementwise('normalCdf'),
      take,
      dot,
      affine,
      softmax: (logits: Grid<J>) => eachGroup(logits, softmax),
      logSumExp: (logits: Grid<J>) => eachGroup(logits, logSumExp),
      sumExperts: (a: Grid<J>) =>
        eachGroup(a, (members) => {
          const total = sum(members);
          return members.map(() => total);
        }),
      topK,
      greater: (a: Grid<J>, b: Grid<J>) => zip(a, b, algebra.greater),
      greaterOrEqual: (a: Grid<J>, b: Grid<J>) =>
        zip(a, b, (u, v) => algebra.sub(one, algebra.greater(v, u))),
      stopGradient: (a: Grid<J>) => map(a, algebra.stop),
      noise: () => refuse('noise'),
      sumTokens: () => refuse('sumTokens'),
      meanTokens: () => refuse('meanTokens'),
      softmaxTokens: () => refuse('softmaxTokens'),
      topTokens: () => refuse('topTokens'),
      inSequences: () => refuse('inSequences'),
      expertNumbers: (experts: number) =>
        build({ experts, rows: 1, features: 1 }, (e) => algebra.constant(e)),
      lookup: () => refuse('lookup'),
      within: (inner: number) => inGroups(groups * inner),
      runs: (a: Grid<J>, sizes: readonly number[]) => runsOf(a, groups, sizes),
      joined: (runs: readonly Grid<J>[]) => joined(runs, groups),
      spread: (a: Grid<J>, { experts }: Grid<J>) =>
        build({ ...a, experts }, (e, r, f) => at(a, Math.floor((e * a.experts) / experts), r, f)),
    });
  }
  return inGroups(1);
}

/** Of each of `groups` equal runs the parts of these sizes. */
function runsOf<J>(a: Grid<J>, groups: number, sizes: readonly number[]): Grid<J>[] {
  // What does not vary with the experts stands for all of them.
  const all = a.experts === 1 ? groups * sizes.reduce((sum, each) => sum + each, 0) : a.experts;
  const size = all / groups;
  let start = 0;
  return runSizes('runs', sizes, size).map((experts) => {
    const first = start;
    start += experts;
    return build({ ...a, experts: groups * experts }, (e, r, f) =>
      at(a, Math.floor(e / experts) * size + first + (e % experts), r, f),
    );
  });
}

function joined<J>(runs: readonly Grid<J>[], groups: number): Grid<J> {
  const places = Array.from({ length: groups }, (_, g) =>
    runs.flatMap((run) => {
      const size = run.experts / groups;
      return Array.from({ length: size }, (__, m) => ({ run, expert: g * size + m }));
    }),
  ).flat();
  return build({ ...runs[0]!, experts: places.length }, (e, r, f) =>
    at(places[e]!.run, places[e]!.expert, r, f),
  );
}

function refuse(operation: string): never {
  throw new MoeError(
    'gridOps',
    `${operation} has no meaning at a single point; evaluate the definition without it`,
  );
}

function map<J>(a: Grid<J>, of: (entry: J) => J): Grid<J> {
  return { ...a, entries: a.entries.map(of) };
}

function zip<J>(a: Grid<J>, b: Grid<J>, of: (u: J, v: J) => J): Grid<J> {
  const shape = {
    experts: broadcast(a.experts, b.experts, 'experts'),
    rows: broadcast(a.rows, b.rows, 'rows'),
    features: broadcast(a.features, b.features, 'features'),
  };
  return build(shape, (e, r, f) => of(at(a, e, r, f), at(b, e, r, f)));
}

function build<J>(
  { experts, rows, features }: Omit<Grid<J>, 'entries'>,
  entry: (expert: number, row: number, feature: number) => J,
): Grid<J> {
  const entries: J[] = [];
  for (let e = 0; e < experts; e++) {
    for (let r = 0; r < rows; r++) for (let f = 0; f < features; f++) entries.push(entry(e, r, f));
  }
  return { experts, rows, features, entries };
}

function at<J>(
  { experts, rows, features, entries }: Grid<J>,
  expert: number,
  row: number,
  feature: number,
): J {
  const e = experts === 1 ? 0 : expert;
  const r = rows === 1 ? 0 : row;
  const f = features === 1 ? 0 : feature;
  return entries[(e * rows + r) * features + f]!;
}

function broadcast(a: number, b: number, axis: string): number {
  if (a === b || b === 1) return a;
  if (a === 1) return b;
  throw new MoeError('gridOps', `two values differ in their ${axis}: ${a} and ${b}`);
}
