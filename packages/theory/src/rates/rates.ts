import {
  type Expert,
  expectBoolean,
  expectInteger,
  expectKnownOptions,
  type Gate,
  getExpert,
  getGate,
  type Identifier,
} from '@tfjs-moe/core';
import { type ExpertClass, expertClass, type GateClass, gateClass } from './classify.ts';
import { exact, fewerThanTwice, overFitted, type Theorems } from './over-fitted.ts';
import { atomRates, functionRate, papers, type Rate, rate } from './rate.ts';
import { type Regime, sigmoidRates } from './sigmoid.ts';
import { topKRates } from './top-k.ts';

/** Options of `rates`: gate, expert, regime, and how many atoms are fitted. */
export interface RatesOptions<GateKind extends string = string, ExpertKind extends string = string> {
  /** A gate, its config or its kind. */
  readonly gate: Identifier<Gate, GateKind>;
  /** An expert, its config or its kind. */
  readonly expert: Identifier<Expert, ExpertKind>;
  /** Of the sigmoid gate: 2 where an over-specified atom has $\beta_1 \ne 0$. Default 1. */
  readonly regime?: Regime;
  /** Whether more atoms are fitted than there are. Default true. */
  readonly overSpecified?: boolean;
  /** Fitted atoms per true one, where the rate depends on it (top-K). Default 2. */
  readonly cell?: number;
}

/** What `rates` returns: the classes that the theorems speak of, and a rate for every quantity. */
export interface Rates {
  readonly gate: GateClass;
  readonly expert: ExpertClass;
  readonly rates: readonly Rate[];
}

/**
 * The rate that theory promises for a gate with an expert, each with theorem, paper and what became of it when checked.
 *
 * A table, not a computation: it knows the gates and experts of the theorems and says *not covered* of everything else.
 * For a gate or an expert of your own, decide the independence that the theorems ask for.
 */
export function rates<const GateKind extends string, const ExpertKind extends string>(
  options: RatesOptions<GateKind, ExpertKind>,
): Rates {
  expectKnownOptions('rates', options, ['gate', 'expert', 'regime', 'overSpecified', 'cell']);
  const regime = expectInteger('rates', 'regime', options.regime ?? 1, { min: 1, max: 2 }) as Regime;
  const overSpecified = expectBoolean('rates', 'overSpecified', options.overSpecified ?? true);
  const cell = expectInteger('rates', 'cell', options.cell ?? 2, { min: 2 });
  const gate = gateClass(getGate(options.gate, 'rates: gate'));
  const expert = expertClass(getExpert(options.expert, 'rates: expert'));
  const found = ratesOf(gate, expert, regime, overSpecified, cell);
  return { gate, expert, rates: [...found, ofExperts(found)] };
}

function ratesOf(
  gate: GateClass,
  expert: ExpertClass,
  regime: Regime,
  overSpecified: boolean,
  cell: number,
): Rate[] {
  const paper = papers.softmax;
  const over = (theorems: Theorems) => (overSpecified ? [overFitted(expert, theorems)] : []);
  switch (gate) {
    case 'softmax': {
      const strong = `${paper}, Theorem 1; ${papers.leastSquares} for ridge experts`;
      const weak = {
        linear: `${paper}, Theorem 2`,
        polynomial: `${papers.leastSquares}, polynomial experts`,
        'input-free': `${papers.sigmoid}, the table of both gates`,
      };
      return [
        functionRate(`${paper}, equation (4)`),
        exact(expert, strong),
        ...over({ strong, weak, condition: fewerThanTwice }),
      ];
    }
    case 'dense-to-sparse, general router': {
      const strong = `${paper}, Theorem 4; ${papers.temperature} for Gaussian experts`;
      return [
        functionRate(`${paper}, equation (14)`),
        exact(expert, strong),
        ...over({ strong, weak: {}, condition: algebraicNote }),
      ];
    }
    case 'hierarchical softmax': {
      const strong = `${paper}, Theorem 5`;
      return [
        functionRate(`${paper}, equation (22)`),
        exact(expert, strong),
        ...over({
          strong,
          weak: { linear: `${paper}, Theorem 6` },
          condition: `the first level at n^(-1/2) all the same; ${fewerThanTwice}`,
        }),
      ];
    }
    case 'dense-to-sparse, linear router':
    case 'dense-to-sparse, homogeneous router':
      return [functionRate(`${paper}, equation (14)`), ...hiddenScale(gate, overSpecified)];
    case 'sigmoid':
      return sigmoidRates(expert, regime, overSpecified);
    case 'top-K':
      return topKRates(expert, overSpecified, cell);
    case 'other':
      return (['regression function', 'exact atoms'] as const).map((quantity) =>
        rate({ quantity, rate: 'unknown', status: 'not covered', source: 'no theorem' }),
      );
  }
}

const algebraicNote =
  'router and expert must be algebraically independent (Definition 2); read literally, with two inputs or more, no ' +
  'router and expert of inner products are';

/** Under a temperature whose scale is not identifiable every atom is lost, with every expert. */
function hiddenScale(gate: GateClass, overSpecified: boolean): Rate[] {
  const isLinear = gate === 'dense-to-sparse, linear router';
  const quantities = overSpecified
    ? (['exact atoms', 'over-fitted atoms'] as const)
    : (['exact atoms'] as const);
  return quantities.map((quantity) =>
    atomRates(quantity, {
      rate: isLinear ? 'slower than any polynomial' : 'none',
      status: isLinear ? 'proved in the paper' : 'contradicted by our check',
      source: isLinear
        ? `${papers.softmax}, Theorem 3; ${papers.temperature} for Gaussian experts`
        : `${papers.softmax}, Theorem 4`,
      counterexample: 'rescaledTemperature',
      note: isLinear
        ? 'in truth not identifiable: the scale of all scores and of the temperature is one that nothing shows'
        : 'a router that ends linearly, or with relu, is as homogeneous as a linear one: end it with tanh or sigmoid',
    }),
  );
}

/** Experts are as good as the worst of their atoms. */
function ofExperts(found: readonly Rate[]): Rate {
  const worst = found.at(-1)!;
  return {
    ...worst,
    quantity: 'experts',
    note: 'an expert is estimated as well as its own atom, by its Lipschitz bound; this is the worst of them',
  };
}
