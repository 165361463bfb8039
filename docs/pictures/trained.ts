/** What the pictures of the guides show: mixtures of the playground, trained while the site is built. */

import type { Picture } from '../playground/cells.ts';
import { fragmentOf } from '../playground/fragment.ts';
import { pictureOf } from '../playground/picture.ts';
import { presets } from '../playground/presets.ts';
import { problemOf } from '../playground/problem.ts';
import { defaults, type Settings, settled } from '../playground/settings.ts';
import { trainer } from '../playground/train.ts';

/** A map of who is asked, and where the reader can go on with it. */
export interface Frame {
  readonly title: string;
  readonly settings: Settings;
  readonly fragment: string;
  readonly picture: Pick<Picture, 'owner' | 'strength' | 'experts'>;
  readonly load: readonly number[];
  readonly error: number;
}

/** The same data under one gate after another. */
const levels: Partial<Settings> = {
  ...{ data: 'levels', points: 120, noise: 0.1, experts: 4, expert: 'constant' },
  ...{ balance: 'none', rate: 0.1, seed: 3 },
};

const gates: readonly (readonly [string, Partial<Settings>])[] = [
  ['softmax', { gate: 'softmax' }],
  ['softmax, temperature 0.2', { gate: 'softmax', tau: 0.2 }],
  ['sigmoid', { gate: 'sigmoid' }],
  ['topK, K = 2', { gate: 'topK', k: 2, balance: 'switch', weight: 0.1 }],
  ['topK, K = 1', { gate: 'topK', k: 1, balance: 'switch', weight: 0.1 }],
  ['switchGate', { gate: 'switchGate', balance: 'switch', weight: 0.1 }],
  ['noisyTopK, K = 2', { gate: 'noisyTopK', k: 2, balance: 'importance', weight: 0.1 }],
  ['hierarchical, 2 groups', { gate: 'hierarchical' }],
];

const GATE_STEPS = 80;
const FILM = [0, 10, 30, 80] as const;

export async function trainPictures(): Promise<{
  readonly gates: readonly Frame[];
  readonly collapse: readonly Frame[];
  readonly rescue: readonly Frame[];
}> {
  const maps: Frame[] = [];
  for (const [title, patch] of gates) {
    const { settings } = settled({ ...defaults, ...levels, ...patch });
    maps.push(...(await film(title, settings, [GATE_STEPS])));
  }
  const named = (name: string): Settings => ({
    ...presets.find((each) => each.name === name)!.settings,
    points: 120,
  });
  return {
    gates: maps,
    collapse: await film('without', named('collapse'), FILM),
    rescue: await film('with', named('rescue'), FILM),
  };
}

async function film(title: string, settings: Settings, steps: readonly number[]): Promise<Frame[]> {
  const training = trainer(settings);
  const { range } = problemOf(settings);
  const frames: Frame[] = [];
  let [error, load]: [number, readonly number[]] = [Number.NaN, []];
  try {
    for (const until of steps) {
      while (training.made < until) ({ error, load } = await training.step());
      const { owner, strength, experts } = pictureOf(training.mixture(), range);
      frames.push({
        title: steps.length > 1 ? `step ${until}` : title,
        settings,
        fragment: fragmentOf({ ...settings, steps: until }),
        picture: { owner, strength: strength.map((value) => Number(value.toFixed(2))), experts },
        load: load.map((value) => Number(value.toFixed(3))),
        error: Number(error.toPrecision(3)),
      });
    }
    return frames;
  } finally {
    training.dispose();
  }
}
