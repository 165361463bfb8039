import { MoeError } from '@tfjs-moe/core';
import { fitMaximumLikelihood } from '@tfjs-moe/estimators';
import { questions } from './questions.ts';
import type { Structure } from './structures.ts';

/** A question that a fit refuses. */
export interface Refusal {
  readonly structure: string;
  readonly question: string;
  /** Without who says it, and of what. */
  readonly why: string;
}

/**
 * Asks everything of a fit.
 * @returns what it refuses by name
 * @throws Error where an answer holds a NaN, or what is thrown is no refusal
 */
export function refusalsOf(
  { name: structure, ...options }: Structure,
  isAsked: (question: string) => boolean = () => true,
): Refusal[] {
  const fit = fitMaximumLikelihood(options);
  return Object.entries(questions).flatMap(([question, ask]) => {
    if (!isAsked(question)) return [];
    try {
      const place = placeOfNaN(ask({ options, fit }));
      if (place === undefined) return [];
      throw new Error(`NaN at ${place}`);
    } catch (error) {
      if (!(error instanceof MoeError))
        throw new Error(`${question} of ${structure}: ${error}`, { cause: error });
      return [{ structure, question, why: reasonOf(error) }];
    }
  });
}

/** What is the same whatever the numbers are. */
function reasonOf({ message }: MoeError): string {
  return message
    .replace(/^\[tfjs-moe\] [^:]+: /, '')
    .replace(/\. Received: [\s\S]*$/, '')
    .replace(/expert 1: (?:class \d: )?[a-z](?: = 0)?/g, 'it')
    .replace(/, by [\d.e-]+:/, ':')
    .replace(/\.$/, '');
}

/** Where the first NaN of an answer is. */
function placeOfNaN(value: unknown, place = 'the answer'): string | undefined {
  if (typeof value === 'number') return Number.isNaN(value) ? place : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, each] of Object.entries(value)) {
    const found = placeOfNaN(each, `${place}.${key}`);
    if (found !== undefined) return found;
  }
  return undefined;
}
