import { colourOf } from '@tfjs-moe/core/palette';
import { answers, inputs, targets } from './model.ts';

/** A point of the picture, which is 400 wide and 200 high. */
export interface Point {
  cx: number;
  cy: number;
  /** The colour of the expert that answers; none for what is to be learned. */
  fill?: string;
}

const place = (x: number, y: number) => ({ cx: 200 * (x + 1), cy: 80 - 90 * y });

/** What is to be learned, and what the model answers now. */
export async function points(): Promise<Point[]> {
  const { predictions, experts } = await answers();
  return [
    ...inputs.map((x, i) => place(x, targets[i])),
    ...inputs.map((x, i) => ({ ...place(x, predictions[i]), fill: colourOf(experts[i]) })),
  ];
}
