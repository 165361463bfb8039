/** Families of responses by maximum likelihood: against flexmix where it has them, and all of them at a million rows. */
import { stream } from '@tfjs-moe/core';
import { fitMaximumLikelihood } from '@tfjs-moe/estimators';
import { linear } from '@tfjs-moe/experts';
import { softmax } from '@tfjs-moe/gates';
import type { Row, Run } from '../../subject.ts';
import { type Case, underSeconds } from './case.ts';
import { type Design, drawn, families } from './drawn.ts';
import { versusFlexmix } from './flexmix.ts';

const CUT_SECONDS = 60;

export function familyCases({ quick }: Run): Case[] {
  const million = quick ? 100_000 : 1_000_000;
  return [
    ...families.flatMap((of) => {
      const { peer } = of;
      if (peer === undefined) return [];
      const name = `2 ${of.family} experts of x, gate of z, n = 10000, one start`;
      return [{ topic: 'flexmix', name, measure: (run: Run) => familyVersusFlexmix(of, peer, name, run) }];
    }),
    ...families.map((of) => {
      const name = `3 ${of.family} experts of x, gate of z, n = ${million}, 10 starts`;
      return { topic: 'rows', name, measure: () => manyRows(of, name, million) };
    }),
  ];
}

function familyVersusFlexmix(
  of: Design,
  peer: NonNullable<Design['peer']>,
  name: string,
  { quick }: Run,
): Promise<Row> {
  const { x, z, data } = drawn(of, 2, 10_000, 7);
  const random = stream(7, 'bench', of.family, 'clusters');
  const clusters = x.map(() => random.integer(2));
  // As a program that fits many tables has them: what they declare is held to their formulas once.
  const gate = softmax();
  const expert = linear();
  const fit = () =>
    fitMaximumLikelihood({
      gate,
      expert,
      experts: 2,
      family: of.family,
      data,
      initial: { clusters },
    });
  const columns = {
    ...{ y: Array.from(data.response), x, z, cluster: clusters },
    ...(data.trials !== undefined && { trials: Array.from(data.trials) }),
  };
  return versusFlexmix(name, fit, { columns, ...peer, gate: '~ z' }, quick ? 1 : 5);
}

function manyRows(of: Design, name: string, n: number): Row {
  const { data } = drawn(of, 3, n, 8);
  const start = performance.now();
  const fit = fitMaximumLikelihood({
    gate: softmax(),
    expert: linear(),
    experts: 3,
    family: of.family,
    data,
  });
  const ms = performance.now() - start;
  return {
    case: name,
    mode: 'maximum likelihood',
    // Fewer rows have as many times fewer seconds.
    ...underSeconds(ms, (CUT_SECONDS * n) / 1_000_000),
    iterations: fit.iterations.em + fit.iterations.newton,
    logLikelihood: fit.logLikelihood,
    reason: fit.ending,
  };
}
