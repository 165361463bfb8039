/** Derivatives of exp(router) times expert for a few atoms, with the labels that verdicts name them by. */
import type { Expert, Router } from '@tfjs-moe/core';
import type { LabelledFamily } from '@tfjs-moe/theory';
import { atomFamily as derivatives } from '../../numerics/test/exact/families.ts';

export function atomFamily(router: Router, expert: Expert, inputDim: number, experts = 1): LabelledFamily {
  const { labels, evaluate } = derivatives(router, expert, inputDim, experts);
  return {
    inputDim,
    labels: labels.map((text, i) => ({
      text,
      latex: text,
      order: text.split(' ').length - 1,
      atom: Math.floor((i * experts) / labels.length),
    })),
    evaluate,
  };
}
