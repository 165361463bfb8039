/**
 * Whether what rates, counterexamples, verdicts and advice say of one gate with one expert agrees. A test asks some pairs
 * of the table; `scripts/agreement.mjs` asks all.
 */
import { type Expert, type Gate, getExpert, getGate } from '@tfjs-moe/core';
import { expertMeans, type MixingMeasure, servable } from '@tfjs-moe/measures';
import { counterexamples, functionDistance, identifiability, rates, reportCard } from '@tfjs-moe/theory';
import { drawnTruth } from '../../src/rates/tried.ts';
import { inputs } from '../mixtures.ts';
import { additive, experts, gates, withAmplitude } from '../table.ts';

const rows = inputs(2);
const polynomialRates = ['n^(-1/2)', 'n^(-1/4)'];
const splits = ['biasSplit', 'scaleSplit', 'amplitudeSplit'] as const;

const sizeOf = (measure: MixingMeasure) => Math.max(1, ...expertMeans(measure, rows).map(Math.abs));

/** Other gates have no regimes. */
const regimesOf = (gateName: string): readonly (1 | 2)[] => (gateName.startsWith('sigmoid') ? [1, 2] : [1]);

/** What rates and counterexamples say against each other; nothing where they agree. */
export function faultsOfRates(gateName: string, expertName: string): string[] {
  const [gate, expert] = [gates[gateName]!, experts[expertName]!];
  const faults: string[] = [];
  for (const regime of regimesOf(gateName)) {
    const fault = (words: string) =>
      faults.push(`${gateName} with ${expertName}, regime ${regime}: ${words}`);
    const found = rates({ gate, expert, regime }).rates;
    const truth = drawnTruth(gate, expert, regime)!;
    const over = found.find(({ quantity }) => quantity === 'over-fitted atoms');
    if (over === undefined) fault('the table lacks the row of over-fitted atoms');
    for (const { rate, status, counterexample, quantity } of found) {
      if (counterexample === undefined) {
        if (status === 'contradicted by our check') fault(`${quantity}: contradicted by nothing`);
        continue;
      }
      // Whatever is named runs as it is, on this gate with this expert.
      if (rate.startsWith('n^')) fault(`${quantity}: ${rate} beside a counterexample`);
      const example = counterexamples[counterexample as 'scaleSplit'](truth);
      if (!(functionDistance(example, rows) < 1e-12 * sizeOf(example.other)))
        fault(`${counterexample} is none`);
    }
    const held = heldSplits(truth, fault);
    if (held.length > 0 && polynomialRates.includes(over?.rate ?? ''))
      fault(`${over?.rate} is promised where ${held} holds`);
    if (held.length > 0 && over?.counterexample === undefined) fault(`${held} holds and is not named`);
    const isSplit = additive.includes(gateName) && withAmplitude.includes(expertName);
    if (held.includes('amplitudeSplit') !== isSplit) fault(`amplitudeSplit ${isSplit ? 'fails' : 'holds'}`);
  }
  return faults;
}

/** The splits that hold at a truth by their own word, which is compared with the functions' distance. */
function heldSplits(truth: MixingMeasure, fault: (words: string) => void): string[] {
  return splits.filter((name) => {
    try {
      const example = counterexamples[name](truth);
      if (!(functionDistance(example, rows) < 1e-12 * sizeOf(example.other))) fault(`${name} is none`);
      return true;
    } catch (error) {
      if (!String(error).startsWith(`MoeError: [tfjs-moe] ${name}: `)) fault(`${name} ends in ${error}`);
      return false;
    }
  });
}

/** Millions of operations for a card. */
const BUDGET = 1500;
const COUNTS = [2, 3, 4];

/** What the card of a pair says against its rates and against the counterexamples of what it advises. */
export function faultsOfCard(gateName: string, expertName: string): string[] {
  const [gate, expert] = [gates[gateName]!, experts[expertName]!];
  const faults: string[] = [];
  const fault = (words: string) => faults.push(`card of ${gateName} with ${expertName}: ${words}`);
  const count = COUNTS.find((n) => serves(gate, n)) ?? servable(gate);
  const card = reportCard({ gate, expert, inputDim: 1, experts: count }, { budget: BUDGET });
  const { standing, firstOrder, secondOrder, culprits, advice } = card;
  const isBroken = brokenBy(gate, expert, [1]) !== undefined;
  if (standing === 'identifiable' && isBroken)
    fault(`identifiable, but ${brokenBy(gate, expert, [1])} holds`);
  const rateOf = (quantity: string) => card.rates.rates.find((of) => of.quantity === quantity);
  const isLost = standing === 'not identifiable' || standing === 'identifiable if fitted exactly';
  if (isLost !== culprits.length > 0) fault(`${standing}, with ${culprits.length} culprits`);
  if (rateOf('exact atoms')?.rate === 'n^(-1/2)' && firstOrder.verdict === 'dependent')
    fault('n^(-1/2) of exact atoms, but the first order is dependent');
  const over = rateOf('over-fitted atoms');
  if (over?.rate === 'n^(-1/4)' && secondOrder.verdict === 'dependent')
    fault('n^(-1/4), but the second order is dependent');
  if (over?.counterexample !== undefined && secondOrder.verdict === 'independent')
    fault(`${over.counterexample}, but the second order is independent`);
  if (over?.counterexample !== undefined) {
    const truth = drawnTruth(gate, expert, 1, count)!;
    const example = counterexamples[over.counterexample as 'scaleSplit'](truth);
    if (!(functionDistance(example, rows) < 1e-12 * sizeOf(example.other)))
      fault(`${over.counterexample} is none`);
  }
  for (const { changes, standing: promised, ...changed } of advice) {
    if (promised !== 'identifiable') continue;
    const [otherGate, otherExpert] = [getGate(changed.gate), getExpert(changed.expert)];
    const broken = brokenBy(otherGate, otherExpert, [1, 2]);
    if (broken) fault(`advises ${changes}, which ${broken} breaks`);
    const again = identifiability({
      gate: otherGate,
      expert: otherExpert,
      inputDim: card.judged.inputDim,
      experts: count,
      seed: 7,
      budget: BUDGET,
    });
    if (again.firstOrder.verdict === 'dependent' || again.secondOrder.verdict === 'dependent')
      fault(`advises ${changes}, which is dependent at another seed`);
  }
  return faults;
}

function serves(gate: Gate, count: number): boolean {
  try {
    gate.params(1, count);
    return gate.expertsPerToken(count) <= count;
  } catch {
    return false;
  }
}

/** The first split that holds for a pair in some regimes. */
function brokenBy(gate: Gate, expert: Expert, regimes: readonly (1 | 2)[]): string | undefined {
  for (const regime of regimes) {
    const truth = drawnTruth(gate, expert, regime);
    const [first] = truth ? heldSplits(truth, () => {}) : [];
    if (first) return first;
  }
  return undefined;
}
