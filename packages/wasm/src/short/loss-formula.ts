import type { BalanceLoss, GateOps, Routing } from '@tfjs-moe/core';
import type { LinearSelection } from '@tfjs-moe/core/backends';
import type { Formula, FormulaOperation, FormulaStep } from '../kernels/formula.ts';

/** A value, by its number. */
interface Traced {
  readonly number: number;
}

const notServed = new Error('no short way for this loss');

/** The losses of a layer, and the selection of its gate, as far as their formulas need them. */
interface Balanced {
  readonly losses: readonly BalanceLoss[];
  readonly experts: number;
  readonly selection: Pick<LinearSelection<never>, 'perToken' | 'isSigmoid' | 'by'>;
}

/**
 * The weighted sum of balance losses as steps over the numbers of a routing: found by running the losses on names in place
 * of numbers, so that whoever wrote one has nothing to declare. Undefined for losses that look at anything else, at other
 * batches or at other layers.
 */
export function lossFormula({ losses, experts, selection }: Balanced): Formula | undefined {
  const { perToken, isSigmoid, by } = selection;
  const steps: FormulaStep[] = [];
  const emit = (operation: FormulaOperation, rest: Partial<FormulaStep> = {}): Traced => {
    const step = { tokens: false, experts: false, from: 0, other: 0, value: 0 };
    const exact = { isExact: false, inSequences: false };
    steps.push({ operation, ...step, ...exact, ...rest });
    return { number: steps.length - 1 };
  };
  const table = { tokens: true, experts: true };
  const parts: Partial<Record<string, Traced | Traced[]>> = {};
  const once = <T extends Traced | Traced[]>(name: string, make: () => T): T => {
    parts[name] ??= make();
    return parts[name] as T;
  };
  const logits = () => once('logits', () => emit('logits', table));
  const known: { readonly [name in keyof Routing<Traced>]?: () => Routing<Traced>[name] } = {
    logits,
    scores() {
      if (by !== 'logits') throw notServed;
      return logits();
    },
    probabilities: () =>
      once('probabilities', () => {
        const { number } = logits();
        const from = isSigmoid ? emit('logSigmoid', { ...table, from: number }).number : number;
        return emit('softmax', { ...table, from });
      }),
    choices: () =>
      once('choices', () =>
        Array.from({ length: perToken }, (_, value) => emit('choice', { ...table, value, isExact: true })),
      ),
    weights: () => once('weights', () => emit('weights', table)),
  };
  const routing = new Proxy({} as Routing<Traced>, {
    get(_target, name) {
      const part = known[name as keyof Routing<Traced>];
      if (part === undefined) throw notServed;
      return part();
    },
  });
  const ops = tracing(steps, emit);
  try {
    const terms = losses.map((loss) => {
      if (loss.observe !== undefined || loss.joins !== undefined) throw notServed;
      const { number } = loss.value(ops, routing, { experts, expertsPerToken: perToken });
      const { tokens, experts: each } = steps[number]!;
      if (tokens || each) throw notServed;
      return { weight: loss.weight, value: number };
    });
    return { steps, terms };
  } catch {
    return undefined;
  }
}

/** The algebra on names. What it does not know is not served. */
function tracing(
  steps: readonly FormulaStep[],
  emit: (operation: FormulaOperation, rest?: Partial<FormulaStep>) => Traced,
): GateOps<Traced> {
  const of = ({ number }: Traced): FormulaStep => steps[number] ?? raise();
  const binary =
    (operation: FormulaOperation) =>
    (a: Traced, b: Traced): Traced => {
      const [one, two] = [of(a), of(b)];
      const isExact = operation !== 'div' && one.isExact && two.isExact;
      return emit(operation, {
        ...{ from: a.number, other: b.number, isExact: isExact || operation.startsWith('greater') },
        ...{ tokens: one.tokens || two.tokens, experts: one.experts || two.experts },
      });
    };
  const unary =
    (operation: FormulaOperation, keeps = false) =>
    (a: Traced): Traced => {
      const { tokens, experts, isExact } = of(a);
      return emit(operation, { from: a.number, tokens, experts, isExact: keeps && isExact });
    };
  const overExperts = (operation: FormulaOperation) => (a: Traced) => {
    const { tokens, isExact } = of(a);
    return emit(operation, { from: a.number, tokens, isExact: operation === 'sumExperts' && isExact });
  };
  const overTokens = (operation: FormulaOperation, inSequences: boolean) => (a: Traced) => {
    const { experts, isExact: given } = of(a);
    const isExact = operation === 'sumTokens' && given;
    return emit(operation, { from: a.number, tokens: inSequences, experts, isExact, inSequences });
  };
  const shared: Partial<GateOps<Traced>> = {
    constant: (value) => emit('constant', { value, isExact: Number.isInteger(value) }),
    add: binary('add'),
    sub: binary('sub'),
    mul: binary('mul'),
    div: binary('div'),
    greater: binary('greater'),
    greaterOrEqual: binary('greaterOrEqual'),
    exp: unary('exp'),
    log: unary('log'),
    sqrt: unary('sqrt'),
    stopGradient: unary('stopGradient', true),
    softmax: unary('softmax'),
    logSumExp: overExperts('logSumExp'),
    sumExperts: overExperts('sumExperts'),
    topK(a, k) {
      const { tokens, experts } = of(a);
      if (!tokens || !experts) throw notServed;
      return Array.from({ length: k }, (_, value) =>
        emit('top', { from: a.number, tokens, experts, value, isExact: true }),
      );
    },
  };
  const interpretation = (inSequences: boolean): GateOps<Traced> =>
    new Proxy(
      {
        ...shared,
        sumTokens: overTokens('sumTokens', inSequences),
        meanTokens: overTokens('meanTokens', inSequences),
        inSequences: () => interpretation(true),
      } as Partial<GateOps<Traced>> as GateOps<Traced>,
      {
        get(own, name) {
          if (name in own) return own[name as keyof GateOps<Traced>];
          throw notServed;
        },
      },
    );
  return interpretation(false);
}

function raise(): never {
  throw notServed;
}
