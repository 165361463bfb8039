/** Trains the default settings, and thins what is kept so that the page is small. */
import type { Picture } from './cells.ts';
import { pictureOf } from './picture.ts';
import { problemOf } from './problem.ts';
import { defaults } from './settings.ts';
import { trainer } from './train.ts';

const STEPS = 120;
/** Every so many steps are kept. */
const EVERY = 5;

export async function trainDefaults(): Promise<{
  readonly steps: number;
  readonly errors: readonly number[];
  readonly loads: readonly (readonly number[])[];
  readonly picture: Picture;
}> {
  const training = trainer(defaults);
  const errors: number[] = [];
  const loads: number[][] = [];
  try {
    while (training.made < STEPS) {
      const { error, load } = await training.step();
      if (training.made % EVERY !== 0) continue;
      errors.push(Number(error.toPrecision(4)));
      loads.push(load.map(short));
    }
    const picture = pictureOf(training.mixture(), problemOf(defaults).range);
    return {
      steps: STEPS,
      errors,
      loads,
      picture: {
        ...picture,
        strength: picture.strength.map(short),
        prediction: picture.prediction.map((value) => Number(value.toFixed(1)) + 0),
        // Tiles are small, and a fifth of the reach is one shade.
        outputs: picture.outputs.map((row) => row.map((value) => Number(value.toFixed(1)) + 0)),
      },
    };
  } finally {
    training.dispose();
  }
}

function short(value: number): number {
  return Number(value.toFixed(2)) + 0;
}
