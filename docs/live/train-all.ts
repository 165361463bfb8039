/** The live examples, from their first step to their last: that of the start page alone, so that it carries no other. */
import { type CollapseControl, train as trainCollapse } from './collapse/train.ts';
import { train as trainHierarchical } from './hierarchical/train.ts';
import type { LossFreeControl } from './loss-free/run.ts';
import { train as trainLossFree } from './loss-free/train.ts';
import { train as trainPiecewise } from './piecewise/train.ts';
import { train as trainTemperature } from './temperature/train.ts';
import type { Training } from './training.ts';

/** Step at which the page's example of a collapse has its balance loss switched on. */
export const RESCUE = 100;

/** Step at which the selection bias of the other example begins to move, and that of a second collapse. */
const [RECOVERY, RELAPSE] = [60, 180];

export function trainFirst(): Promise<Training> {
  return last(trainPiecewise());
}

export async function trainOthers() {
  return {
    collapse: await collapse(),
    temperature: await last(trainTemperature()),
    hierarchical: await last(trainHierarchical()),
    lossFree: await lossFree(),
  };
}

async function collapse() {
  const control: CollapseControl = { balance: false };
  return last(trainCollapse(control), (step) => {
    control.balance = step >= RESCUE;
  });
}

/** Collapsed for a while, recovered, and collapsed again while the selection bias moves. */
async function lossFree() {
  const control: LossFreeControl = { balance: false, collapses: 0 };
  return last(trainLossFree(control), (step) => {
    control.balance = step >= RECOVERY;
    control.collapses = step >= RELAPSE ? 1 : 0;
  });
}

async function last<T extends { step: number; losses: readonly number[] }>(
  run: AsyncGenerator<T, void, void>,
  after: (step: number) => void = () => {},
): Promise<T> {
  let state: T | undefined;
  for await (const next of run) {
    state = next;
    after(next.step);
  }
  return { ...state!, losses: state!.losses.map((loss) => Number(loss.toPrecision(5))) };
}
