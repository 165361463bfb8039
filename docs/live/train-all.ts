/** Every live example, from its first step to its last. */
import { type CollapseControl, train as trainCollapse } from './collapse/train.ts';
import { train as trainHierarchical } from './hierarchical/train.ts';
import { train as trainPiecewise } from './piecewise/train.ts';
import { train as trainTemperature } from './temperature/train.ts';

/** Step at which the page's example of a collapse has its balance loss switched on. */
export const RESCUE = 100;

export async function trainAll() {
  return {
    piecewise: await last(trainPiecewise()),
    collapse: await collapse(),
    temperature: await last(trainTemperature()),
    hierarchical: await last(trainHierarchical()),
  };
}

async function collapse() {
  const control: CollapseControl = { balance: false };
  return last(trainCollapse(control), (step) => {
    control.balance = step >= RESCUE;
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
