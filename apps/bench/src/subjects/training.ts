/** Whole training steps of ordinary models, with and without the package. */
import * as tf from '@tensorflow/tfjs-core';
import { register, unregister } from '@tfjs-moe/wasm';
import { type TrainingModel, trainingModels } from '../models.ts';
import { median, ratioOf, takeTurns } from '../pairs.ts';
import type { Row, Subject } from '../subject.ts';

export const training: Subject = {
  name: 'training',
  about: 'time of trainOnBatch with the package over that without it; speedup is its inverse',
  async measure({ quick, effort, log }) {
    const rows: Row[] = [];
    for (const each of trainingModels.filter((model) => !quick || model.quick)) {
      log(each.name);
      const steps = stepsOf(each);
      const timings = await takeTurns(
        [
          { name: 'package', prepare: () => void register(), run: steps.run },
          ...(each.needsPackage ? [] : [{ name: 'stock', prepare: unregister, run: steps.run }]),
        ],
        effort,
      );
      register();
      steps.dispose();
      const { median: ratio, spread } = ratioOf(timings, 'package', 'stock');
      rows.push({
        case: each.name,
        mode: 'trainOnBatch',
        ratios: each.needsPackage ? {} : { stock: ratio },
        spread: each.needsPackage ? {} : { stock: spread },
        ms: median(timings, 'package'),
        ...(each.needsPackage ? { note: 'tfjs alone cannot train it' } : { speedup: 1 / ratio }),
      });
    }
    return rows;
  },
};

function stepsOf({ make, data }: TrainingModel) {
  const model = make();
  const [x, y] = data();
  return {
    run: async () => {
      await model.trainOnBatch(x, y);
    },
    dispose() {
      model.dispose();
      tf.dispose([x, y]);
    },
  };
}
