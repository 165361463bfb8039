/** The certificate of a cell of the table: in the browser, where a reader asks for it, and in a script for all of them. */
import { certificateToJSON } from '@tfjs-moe/theory';
import { type CellKey, namedExperts, namedGates } from './cells.ts';

export type Question = 'first order' | 'second order';

/** The certificate of a cell, as the page shows it: at the parameters that the table was made at. */
export function certificateOf(
  { gate, expert, inputDim, experts }: CellKey,
  question: Question,
  budget: number,
): ReturnType<typeof certificateToJSON> {
  return certificateToJSON({
    gate: namedGates[gate]!(),
    expert: namedExperts[expert]!(),
    inputDim,
    experts,
    question,
    budget,
  });
}
