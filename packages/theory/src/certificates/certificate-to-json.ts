import { expectKnownOptions, expectOneOf, expectSize, MoeError, type SigmoidForm } from '@tfjs-moe/core';
import type { MixingMeasure } from '@tfjs-moe/measures';
import { rationalText } from '@tfjs-moe/numerics/exact';
import { type Allowance, allowanceOf, type BudgetOptions } from '../decide/allowance.ts';
import { jacobianFamily } from '../families/jacobian.ts';
import { type IdentifiabilityOptions, questionOptions } from '../identifiability/ask.ts';
import { definitionsOf } from '../identifiability/definitions.ts';
import { gaugeOf } from '../identifiability/gauge.ts';
import { identifiability } from '../identifiability/identifiability.ts';
import { measured, restricted, withCompany } from '../identifiability/restriction.ts';
import { coveredForm } from '../mixture/covered-form.ts';
import { derivativesOfProgram, parameterOf } from '../program/derivatives-of-program.ts';
import { type MixtureProgram, mixtureProgram } from '../program/mixture-program.ts';
import { inRegimeOne, regimeOneFamily } from '../second-order/regime-one-family.ts';
import type { SecondOrderVerdict } from '../second-order/second-order-verdict.ts';
import type { NamedRelation } from '../verdict/relation.ts';
import type { Inconclusive, Verdict } from '../verdict/verdict.ts';
import type { CertificateJson, CertifiedRelation } from './certificate.ts';
import { certifiedDirection } from './certified-direction.ts';
import { certifiedValues, haveOneFunction } from './certified-values.ts';
import { certifyIndependence } from './certify-independence.ts';
import { certifyMeasure } from './certify-measure.ts';
import { certifiedRegimeOne, certifyRegimeOne } from './certify-regime-one.ts';
import { gaugeRelations } from './gauge-relations.ts';

/** What `certificateToJSON` takes: what `identifiability` does, and which question. */
export interface CertificateOptions extends IdentifiabilityOptions, BudgetOptions {
  /** Default `first order`. */
  readonly question?: 'first order' | 'second order';
}

const who = 'certificateToJSON';

/**
 * Asks `identifiability`, and writes its verdict down with everything that is needed to check it elsewhere: the mixture as
 * a list of steps, the parameters and the points as float64 numbers, the Jacobian at the points in balls, relations with
 * fractions, and of the second order the signed measure. The verifier in Python beside this package reads it and shares
 * no code with it.
 *
 * For referees and records. Of first order: every gate and expert that `identifiability` judges. Of second order: gates
 * that are a softmax or a sigmoid of scores, also behind a selection, which is held fixed near each input, and trees of
 * softmaxes. Certificates of sigmoids are those of regime 1, with routers of over-specified atoms at 0.
 *
 * Refuses by name what has no certificate: verdicts that are inconclusive, relations that rest on numbers or on prime
 * fields, and gates that do not route as the form in their traits says.
 */
export function certificateToJSON(options: CertificateOptions): CertificateJson {
  if (typeof options !== 'object' || options === null)
    throw new MoeError(who, 'options must be an object', options);
  const { question = 'first order', ...asked } = options;
  expectOneOf(who, 'question', question, ['first order', 'second order']);
  expectKnownOptions(who, options, [...askable, 'question']);
  expectSize(who, 'inputDim', asked.inputDim);
  const answers = identifiability(asked);
  const { gate, expert } = definitionsOf(asked.gate, asked.expert);
  const { inputDim, experts } = asked;
  const shape = restricted(who, withCompany(who, { gate, expert, inputDim, experts }, asked), asked);
  const of = measured(shape, answers.parameters);
  const allowance = allowanceOf(who, asked);
  const seed = asked.seed ?? 0;
  return question === 'first order'
    ? firstOrder(of, answers.firstOrder, seed, allowance)
    : secondOrder(of, answers.firstOrder, answers.secondOrder, seed, allowance);
}

/** Certificates are of functions on all inputs. */
const askable = questionOptions.filter((name) => name !== 'support');

/** What certificates of both questions have. */
function stated(
  of: MixingMeasure,
  model: MixtureProgram,
  functions: readonly string[],
  seed: number,
  allowance: Allowance,
) {
  return {
    format: 'tfjs-moe certificate',
    version: 1,
    about: { gate: of.gate.kind, expert: of.expert.kind, experts: of.experts },
    model,
    values: certifiedValues(model, seed, allowance),
    functions,
    gauge: gaugeRelations(model, functions, of.experts, allowance),
  } as const;
}

function firstOrder(
  of: MixingMeasure,
  verdict: Verdict,
  seed: number,
  allowance: Allowance,
): CertificateJson {
  if (verdict.verdict === 'inconclusive')
    throw new MoeError(
      who,
      `the verdict is inconclusive, and has no certificate; to raise: ${verdict.raise}`,
    );
  const gauge = gaugeOf(of, { bits: [192], spread: 1, seed }, allowance.upTo(allowance.left / 4));
  const { labels } = jacobianFamily(of, gauge.fixed);
  const model = mixtureProgram(of);
  const dependent = verdict.verdict === 'dependent' ? verdict : undefined;
  const relations = (dependent?.relations ?? []).map(certifiedRelation);
  const lefts = new Set(relations.map(({ left }) => left));
  const remaining = labels.filter((label) => !lefts.has(parameterOf(label)));
  const isOpen = remaining.length === 0 || (dependent !== undefined && !('sigmaMin' in dependent.rest));
  return {
    ...stated(of, model, labels.map(parameterOf), seed, allowance),
    question: 'first order',
    verdict: verdict.verdict,
    relations,
    ...(!isOpen && {
      independence: certifyIndependence(derivativesOfProgram(model, remaining), seed, allowance),
    }),
  };
}

function secondOrder(
  of: MixingMeasure,
  first: Verdict,
  second: SecondOrderVerdict,
  seed: number,
  allowance: Allowance,
): CertificateJson {
  if (second.verdict === 'inconclusive')
    throw new MoeError(who, `the verdict is inconclusive, and has no certificate; to raise: ${second.raise}`);
  const direction = second.verdict === 'dependent' ? second.direction : undefined;
  const form = coveredForm(of.gate, of.experts);
  if (form?.type === 'sigmoid') return regimeOne(of, form, second, seed, allowance);
  if (direction?.order === 1 && first.verdict === 'dependent')
    return { ...firstOrder(of, first, seed, allowance), question: 'second order' };
  // Without a form no verdict is conclusive.
  if (form === undefined) throw new MoeError(who, `the gate ${of.gate.kind} has no form`);
  const model = formProgram(of, form, seed, allowance);
  return {
    ...stated(of, model, jacobianFamily(of).labels.map(parameterOf), seed, allowance),
    question: 'second order',
    verdict: second.verdict,
    relations: [],
    ...(direction
      ? { direction: certifiedDirection(direction, model) }
      : { measure: certifyMeasure(of, form, second.overSpecified, seed, allowance) }),
  };
}

/** Under a sigmoid gate, at the parameters of regime 1. */
function regimeOne(
  given: MixingMeasure,
  form: SigmoidForm,
  { verdict, overSpecified, ...second }: Exclude<SecondOrderVerdict, Inconclusive>,
  seed: number,
  allowance: Allowance,
): CertificateJson {
  const of = inRegimeOne(given, form, overSpecified);
  const family = regimeOneFamily(of, form, overSpecified);
  const model = formProgram(of, form, seed, allowance);
  return {
    ...stated(of, model, jacobianFamily(of).labels.map(parameterOf), seed, allowance),
    question: 'second order',
    verdict,
    relations: [],
    ...('direction' in second
      ? { direction: certifiedRegimeOne(of, form, family, overSpecified, second.direction, allowance) }
      : { measure: certifyRegimeOne(family, overSpecified, seed, allowance) }),
  };
}

/** The program of a mixture by its form, which must be what the gate routes by. */
function formProgram(
  of: MixingMeasure,
  form: Parameters<typeof mixtureProgram>[1],
  seed: number,
  allowance: Allowance,
): MixtureProgram {
  const model = mixtureProgram(of, form);
  if (!haveOneFunction(model, mixtureProgram(of), seed, allowance))
    throw new MoeError(who, `the gate ${of.gate.kind} does not route as the form in its traits says`);
  return model;
}

function certifiedRelation({ left, terms, proof, text }: NamedRelation): CertifiedRelation {
  if (proof !== 'formal ring')
    throw new MoeError(who, `the relation ${text} is known from ${proof} alone, which is no proof`);
  return {
    left: parameterOf(left),
    terms: terms.map(({ label, coefficient }) => {
      if (typeof coefficient === 'number')
        throw new MoeError(who, `the relation ${text} has coefficients that are no fractions`, coefficient);
      return [parameterOf(label), rationalText(coefficient)] as const;
    }),
  };
}
