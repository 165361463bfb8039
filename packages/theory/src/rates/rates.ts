import {
  type Expert,
  expectBoolean,
  expectExperts,
  expectInteger,
  expectKnownOptions,
  expectSize,
  type Gate,
  getExpert,
  getGate,
  type Identifier,
} from '@tfjs-moe/core';
import { type DensityModel, readModel } from '../density/model.ts';
import {
  type ExpertClass,
  type GateClass,
  gateClass,
  isDeepTree,
  scoreActivation,
  smooth,
} from './classify.ts';
import { densityRates } from './density-rates.ts';
import { type ExpertCase, expertCase, isLine, isStrong } from './expert-case.ts';
import { type Claim, exact, fewerThanTwice, overFitted, strongly } from './over-fitted.ts';
import { atomRates, functionRate, papers, type Rate, rate } from './rate.ts';
import { type Regime, sigmoidRates } from './sigmoid.ts';
import { aloneNote, isAlone } from './single-atom.ts';
import { topKRates } from './top-k.ts';
import { type CounterexampleName, firstThatHolds } from './tried.ts';

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
  /** The law of the response, for maximum likelihood. Default: none, a regression by least squares. */
  readonly model?: DensityModel;
  /** Features of an input. Default: two or more, as the theorems about directions $x/|x|$ need. */
  readonly inputDim?: number;
  /**
   * True experts, the first of which is over-fitted. Default: so many that another one in its softmax is fitted exactly, as
   * the theorems need.
   */
  readonly experts?: number;
  /** Whether some parameters are known or tied, of which no theorem speaks. Default false. */
  readonly restricted?: boolean;
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
 * A table of what the theorems claim, beside counterexamples that are run: it knows the gates and experts of the theorems
 * and says *not covered* of everything else, and names a counterexample only where it has just been evaluated on this
 * gate with this expert, in evaluation and as a regression. For a gate or an expert of your own, decide the independence
 * that the theorems ask for.
 */
export function rates<const GateKind extends string, const ExpertKind extends string>(
  options: RatesOptions<GateKind, ExpertKind>,
): Rates {
  expectKnownOptions('rates', options, known);
  const regime = expectInteger('rates', 'regime', options.regime ?? 1, { min: 1, max: 2 }) as Regime;
  const overSpecified = expectBoolean('rates', 'overSpecified', options.overSpecified ?? true);
  const cell = expectInteger('rates', 'cell', options.cell ?? 2, { min: 2 });
  const gate = getGate(options.gate, 'rates: gate');
  const expert = getExpert(options.expert, 'rates: expert');
  const sizes = {
    inputDim: options.inputDim === undefined ? undefined : expectSize('rates', 'inputDim', options.inputDim),
    experts: options.experts === undefined ? undefined : expectExperts('rates', 'experts', options.experts),
  };
  const ofExpert = expertCase(expert, sizes.inputDim);
  const isTilted = overSpecified && isAlone(gate, sizes.experts);
  const asked = {
    gate,
    expert,
    case: ofExpert,
    regime,
    overSpecified,
    cell,
    isTilted,
    experts: sizes.experts,
  };
  const model = options.model && readModel('rates', options.model);
  const isRestricted = expectBoolean('rates', 'restricted', options.restricted ?? false);
  const found = isRestricted
    ? ofNoTheorem(overSpecified, model === undefined ? 'regression function' : 'density')
    : model
      ? densityRates({ ...asked, gateClass: gateClass(gate), model })
      : ratesOf(gateClass(gate), asked);
  return { gate: gateClass(gate), expert: asked.case.class, rates: [...found, ofExperts(found)] };
}

const known = [
  'gate',
  'expert',
  'regime',
  'overSpecified',
  'cell',
  'model',
  'inputDim',
  'experts',
  'restricted',
];

interface Asked {
  readonly gate: Gate;
  readonly expert: Expert;
  readonly case: ExpertCase;
  readonly regime: Regime;
  readonly overSpecified: boolean;
  readonly cell: number;
  readonly experts: number | undefined;
  /** Whether no atom beside the over-fitted one fixes the gauge of its softmax. */
  readonly isTilted: boolean;
}

function ratesOf(gate: GateClass, asked: Asked): Rate[] {
  const paper = papers.softmax;
  const { case: expert, regime, overSpecified, cell } = asked;
  const first = (...names: CounterexampleName[]) =>
    overSpecified ? firstThatHolds(names, asked.gate, asked.expert, regime) : undefined;
  const over = (claim: Claim | undefined, source: string, note?: string) => {
    if (!overSpecified) return [];
    if (asked.isTilted) return [ofSingleAtom(claim, asked, source)];
    return [overFitted(claim, first('biasSplit', 'scaleSplit'), source, note)];
  };
  switch (gate) {
    case 'softmax': {
      const source = `${paper}, Theorem 1; ${papers.leastSquares} for ridge experts`;
      return [
        functionRate(`${paper}, equation (4)`),
        exact(expert, source),
        ...over(claimUnderSoftmax(expert, source), source),
      ];
    }
    case 'dense-to-sparse, general router': {
      const source = `${paper}, Theorem 4; ${papers.temperature} for Gaussian experts`;
      const isCovered = isStrong(expert) && areTwoActivations(asked);
      return [
        functionRate(`${paper}, equation (14)`),
        exact(expert, source, isCovered),
        ...over(isCovered ? strongly(source, algebraicNote) : undefined, source, algebraicNote),
      ];
    }
    case 'hierarchical softmax': {
      const source = `${paper}, Theorem 5`;
      return [
        functionRate(`${paper}, equation (22)`),
        exact(expert, source),
        ...over(claimUnderTree(expert, source), source),
      ];
    }
    case 'dense-to-sparse, linear router':
    case 'dense-to-sparse, homogeneous router':
      return [functionRate(`${paper}, equation (14)`), ...hiddenScale(gate, asked)];
    case 'sigmoid': {
      const found =
        regime === 2 ? first('amplitudeSplit') : first('biasSplit', 'scaleSplit', 'amplitudeSplit');
      return sigmoidRates(expert, regime, overSpecified, found);
    }
    case 'top-K':
      return topKRates(expert, overSpecified, cell);
    case 'other':
      return uncovered(asked);
  }
}

/** An atom that is all there is to its softmax, whose gate nothing shows. */
function ofSingleAtom(claim: Claim | undefined, { gate, expert, experts }: Asked, source: string): Rate {
  const found = firstThatHolds(['commonTilt', 'biasSplit', 'scaleSplit'], gate, expert, 1, experts);
  return overFitted(found && claim, found, source, aloneNote);
}

function claimUnderSoftmax(expert: ExpertCase, strong: string): Claim | undefined {
  if (isStrong(expert)) return strongly(strong, fewerThanTwice);
  const slow = (source: string): Claim => ({ rate: 'slower than any polynomial', source });
  if (isLine(expert)) return slow(`${papers.softmax}, Theorem 2`);
  if (expert.class === 'polynomial' && expert.hasBias)
    return slow(`${papers.leastSquares}, polynomial experts`);
  return expert.class === 'input-free' ? slow(`${papers.sigmoid}, the table of both gates`) : undefined;
}

function claimUnderTree(expert: ExpertCase, strong: string): Claim | undefined {
  if (isStrong(expert))
    return strongly(strong, `the first level at n^(-1/2) all the same; ${fewerThanTwice}`);
  return isLine(expert)
    ? { rate: 'slower than any polynomial', source: `${papers.softmax}, Theorem 6` }
    : undefined;
}

const algebraicNote =
  'router and expert must be algebraically independent (Definition 2), which the paper says of two different ' +
  'activations; read literally, with two inputs or more, no router and expert of inner products are';

/** Whether router and expert are $\sigma_1(\beta_1^\top x)$ and $\sigma_2(a^\top x + b)$ with two of the activations that are named. */
function areTwoActivations({ gate, case: { activation } }: Asked): boolean {
  const ofRouter = scoreActivation(gate);
  return ofRouter !== undefined && smooth.includes(ofRouter) && activation !== ofRouter;
}

/** Under a temperature whose scale is not identifiable every atom is lost, with every expert. */
function hiddenScale(gateClass: GateClass, { gate, expert, overSpecified }: Asked): Rate[] {
  const counterexample = firstThatHolds(['rescaledTemperature'], gate, expert);
  const isLinear = gateClass === 'dense-to-sparse, linear router';
  const quantities = overSpecified
    ? (['exact atoms', 'over-fitted atoms'] as const)
    : (['exact atoms'] as const);
  return quantities.map((quantity) =>
    atomRates(quantity, {
      rate: isLinear ? 'slower than any polynomial' : counterexample === undefined ? 'unknown' : 'none',
      status: isLinear ? 'proved in the paper' : 'not covered',
      source: isLinear
        ? `${papers.softmax}, Theorem 3; ${papers.temperature} for Gaussian experts`
        : `${papers.softmax}, Theorem 4`,
      ...(counterexample !== undefined && { counterexample }),
      note: isLinear
        ? 'in truth not identifiable: the scale of all scores and of the temperature is one that nothing shows'
        : 'a router that ends linearly, or with relu, is as homogeneous as a linear one: end it with tanh or sigmoid',
    }),
  );
}

/** Nothing, as of models some parameters of which are known: there are theorems, and their conditions are not checked here. */
function ofNoTheorem(overSpecified: boolean, first: 'regression function' | 'density'): Rate[] {
  const quantities = [
    first,
    'exact atoms',
    ...(overSpecified ? (['over-fitted atoms'] as const) : []),
  ] as const;
  const note =
    'the theorems whose conditions are checked here speak of models all parameters of which are estimated; others are ' +
    'about a known expert beside an unknown one (arXiv:2505.18455) and about shared experts (arXiv:2505.10860)';
  return quantities.map((quantity) =>
    rate({
      quantity,
      rate: 'unknown',
      status: 'not covered',
      source: 'no theorem that is checked here',
      note,
    }),
  );
}

/** What no theorem speaks of, with the counterexample that holds, if one does. */
function uncovered({ gate, expert, regime, overSpecified }: Asked): Rate[] {
  const none = (quantity: 'exact atoms' | 'over-fitted atoms', counterexample: CounterexampleName) =>
    atomRates(quantity, {
      rate: 'none',
      status: 'not covered',
      source: 'no theorem',
      counterexample,
      note: 'different mixtures have exactly the same function',
    });
  const unknown = (quantity: Rate['quantity']) =>
    rate({
      quantity,
      rate: 'unknown',
      status: 'not covered',
      source: 'no theorem',
      ...(isDeepTree(gate) && { note: 'Theorems 5 and 6 of arXiv:2503.03213 are about two levels' }),
    });
  const scale = firstThatHolds(['rescaledTemperature'], gate, expert);
  const split = overSpecified
    ? (scale ?? firstThatHolds(['biasSplit', 'scaleSplit', 'amplitudeSplit'], gate, expert, regime))
    : undefined;
  const exactly = scale === undefined ? unknown('exact atoms') : none('exact atoms', scale);
  const over = split === undefined ? unknown('over-fitted atoms') : none('over-fitted atoms', split);
  return [unknown('regression function'), exactly, ...(overSpecified ? [over] : [])];
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
