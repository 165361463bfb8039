import type { Gate } from '@tfjs-moe/core';
import { linear } from '@tfjs-moe/experts';
import { hierarchical, softmax, temperature } from '@tfjs-moe/gates';
import { defineFamily, type FamilyIdentifier, perExpert, poisson } from '@tfjs-moe/measures';
import { densityIdentifiability, rates, reportCard } from '@tfjs-moe/theory';
import { describe, expect, test } from 'vitest';
import { type Law, type Lines, numericalRank, scoreColumns } from './score-oracle.ts';

const t = (degreesOfFreedom: number) => ({ kind: 'studentT', degreesOfFreedom });
const lines = { gate: softmax(), expert: linear(), inputDim: 1 };
type Families = readonly (string | ReturnType<typeof t>)[];
type Answer = ReturnType<typeof densityIdentifiability>;
const answers = new Map<string, Answer>();
/** Each once. */
function ask(family: Families, over = 0, gate: Gate = softmax()): Answer {
  const key = JSON.stringify([family, over, gate.config]);
  const known = answers.get(key);
  if (known !== undefined) return known;
  const model = { family: family as FamilyIdentifier };
  const experts = family.length;
  const answer = densityIdentifiability({ ...lines, gate, experts, model, overSpecified: [over] });
  answers.set(key, answer);
  return answer;
}

/** What the oracle says at the parameters that an answer was given at. */
function atParameters(laws: readonly Law[], { parameters }: Answer, over: number) {
  const { gateParams, expertParams } = parameters;
  const of: Lines = {
    laws,
    slopes: [...gateParams['router/kernel']!],
    biases: [...gateParams.bias!],
    kernels: [...expertParams.kernel!],
    intercepts: [...expertParams.bias!],
    noises: [...(expertParams.scale ?? expertParams.theta)!],
  };
  const { first, mixed, squares } = scoreColumns(of, over);
  const rank = numericalRank(first);
  const gained = numericalRank([...first, ...mixed, ...squares]) - numericalRank([...first, ...mixed]);
  // No square has a part in any relation, so that a positive semidefinite one is zero.
  return { relations: first.length - rank, isFree: gained === squares.length };
}

const gaussian: Law = { of: 'gaussian' };
const student = (nu: number): Law => ({ of: 't', nu });
const counted: Law = { of: 'poisson' };
const spread: Law = { of: 'nb' };

describe('laws of their own against numerical ranks of scores at many responses', () => {
  test.each<readonly [string, Families, readonly Law[]]>([
    ['Gaussian, t of 4', ['gaussian', t(4)], [gaussian, student(4)]],
    ['t of 1, t of 2', [t(1), t(2)], [student(1), student(2)]],
    ['Poisson, negative binomial', ['poisson', 'negativeBinomial'], [counted, spread]],
    [
      'Poisson twice, negative binomial',
      ['poisson', 'negativeBinomial', 'poisson'],
      [counted, spread, counted],
    ],
  ])('%s', (_name, family, laws) => {
    laws.forEach((_, over) => {
      const answer = ask(family, over);
      const { relations, isFree } = atParameters(laws, answer, over);
      expect([answer.firstOrder.verdict, relations]).toEqual(['independent', 0]);
      expect(answer.secondOrder.verdict).toBe(isFree ? 'independent' : 'dependent');
    });
  });

  test('each atom obeys the equation of its own law', () => {
    const family = ['gaussian', t(4)];
    const texts = [0, 1].map((over) => {
      const { secondOrder } = ask(family, over);
      return secondOrder.verdict === 'dependent' ? secondOrder.direction.text : secondOrder.verdict;
    });
    expect(texts[0]).toMatch(
      /^d_expert\/bias\[0\] d_expert\/bias\[0\] psi1 = \S+ d_expert\/scale\[0\] psi1$/,
    );
    expect(texts[1]).toMatch(/d_expert\/scale\[0\] d_expert\/scale\[0\] psi2 = .*bias\[0\] psi2$/);
  });

  test('a Poisson law has no theta', () => {
    const { firstOrder, parameters, symmetries, model } = ask(['poisson', 'negativeBinomial', 'poisson']);
    expect(parameters.expertParams.theta).toEqual([1, expect.any(Number), 1]);
    expect(Object.keys(parameters.expertParams)).toEqual(['kernel', 'bias', 'theta']);
    expect(symmetries).toEqual(['permutations: atoms of one family change places']);
    expect(model).toBe(
      'poisson, negativeBinomial, poisson, expert after expert, with a theta of each expert that has one',
    );
    expect(firstOrder.notes).toContainEqual(expect.stringContaining('E (1 - s^2)^y'));
  });

  test('what the gate alone decides stays lost, and groups are judged', () => {
    const heated = ask(['gaussian', t(3)], 0, temperature());
    expect(heated.firstOrder).toMatchObject({ relations: [{ knownAs: 'temperature scale' }] });
    const family = ['poisson', 'negativeBinomial', 'poisson', 'negativeBinomial'];
    const tree = ask(family, 1, hierarchical({ groups: 2 }));
    expect([tree.firstOrder.verdict, tree.secondOrder.verdict]).toEqual(['independent', 'independent']);
  });

  test('at parameters that are given: lines that are one to a regression, and two laws', () => {
    const given = {
      gateParams: { 'router/kernel': [0, 0], bias: [0.5, 0] },
      expertParams: { kernel: [1, 1], bias: [0.25, 0.25], scale: [1, 1] },
    };
    const model = { family: ['gaussian', t(4)] as FamilyIdentifier };
    const { firstOrder, parameters } = densityIdentifiability({ ...lines, experts: 2, model, ...given });
    expect(firstOrder).toMatchObject({ verdict: 'independent', quantifier: 'at these parameters' });
    expect(parameters).toEqual(given);
    const of = { laws: [gaussian, student(4)], slopes: [0, 0], biases: [0.5, 0], kernels: [1, 1] };
    const { first } = scoreColumns({ ...of, intercepts: [0.25, 0.25], noises: [1, 1] }, 0);
    expect(numericalRank(first)).toBe(first.length);
  });
});

describe('a report card', () => {
  test('asks about every atom, and its worst is the answer', () => {
    const model = { family: ['poisson', 'negativeBinomial'] as FamilyIdentifier };
    const { standing, interactions } = reportCard({ ...lines, experts: 2 }, { model });
    expect([standing, interactions]).toEqual(['identifiable', []]);
    const robust = { family: ['gaussian', t(4)] as FamilyIdentifier };
    expect(reportCard({ ...lines, experts: 2 }, { model: robust }).standing).toBe(
      'identifiable if fitted exactly',
    );
  });

  test('no theorem speaks of laws that differ', () => {
    const model = { family: ['gaussian', t(4)] as FamilyIdentifier };
    for (const { status } of rates({ ...lines, model }).rates) expect(status).toBe('not covered');
  });
});

describe('what cannot be judged beside each other is refused, with the reason', () => {
  const refused = (family: Families, variances?: 'common', experts = family.length) => {
    const model = { family: family as FamilyIdentifier, ...(variances && { variances }) };
    return () => densityIdentifiability({ ...lines, experts, model });
  };
  test('t laws whose degrees differ by an even number, one variance for all, another number of experts', () => {
    expect(refused([t(3), t(5)])).toThrow(/degreesOfFreedom":5.*factors, which matter/);
    expect(refused(['gaussian', t(4)], 'common')).toThrow(/variances must be own/);
    expect(refused(['gaussian', t(4)], undefined, 3)).toThrow(/one for each of 3 experts/);
  });
  test('families with no transform in common; one family said twice is one', () => {
    const own = defineFamily('ownOfAnotherTransform', () => {
      const { role: _, kind: __, imageBeside: ___, ...definition } = poisson();
      return { ...definition, config: {}, image: { ...definition.image!, name: 'E 2^(sy)' } };
    });
    const model = { family: [own(), 'negativeBinomial'] as FamilyIdentifier };
    expect(() => densityIdentifiability({ ...lines, experts: 2, model })).toThrow(
      /no transform is known of all/,
    );
    const twice = perExpert({ families: ['poisson', 'poisson'] });
    expect(densityIdentifiability({ ...lines, experts: 2, model: { family: twice } }).model).toBe('poisson');
  });
});
