import type { AverageEffect } from '@tfjs-moe/estimators';
import { intervalHeadings, number, probability } from '../report/number-words.ts';
import { textTable } from '../report/text-table.ts';

/** An effect with the class by its name. */
export type NamedEffect = Omit<AverageEffect, 'class'> & { readonly class?: string };

/** What is said of average effects beside themselves. */
export interface EffectsResult {
  readonly response: string;
  readonly n: number;
  readonly of: 'effects' | 'means';
  readonly errors: 'observed' | 'sandwich';
  readonly level: number;
  readonly effects: readonly NamedEffect[];
}

export function effectsText({ response, n, of, errors, level, effects }: EffectsResult): string {
  const isClass = effects.some((effect) => effect.class !== undefined);
  const what = isClass ? `the probabilities of ${response}` : `the expected ${response}`;
  const title = of === 'effects' ? `Average marginal effects on ${what}` : `Average of ${what}`;
  const table = textTable([
    [
      '',
      '',
      ...(isClass ? [''] : []),
      'Estimate',
      'Std. Error',
      'z value',
      'Pr(>|z|)',
      ...intervalHeadings(level),
    ],
    ...effects.map((effect) => [
      effect.variable,
      effect.contrast,
      ...(isClass ? [effect.class!] : []),
      number(effect.value),
      effect.standardError === null ? 'not identified' : number(effect.standardError),
      effect.zValue === null ? '' : effect.zValue.toFixed(3),
      effect.pValue === null ? '' : probability(effect.pValue),
      ...(effect.interval?.map(number) ?? ['', '']),
    ]),
  ]);
  const from = errors === 'observed' ? 'the observed information' : 'the sandwich';
  return `${title}; ${n} rows\n\n${table}\n---\nStandard errors from ${from}, by the delta method`;
}
