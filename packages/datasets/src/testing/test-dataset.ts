import { assert, type Runner } from '@tfjs-moe/core/testing';
import type { Column, Dataset, Split, Splits } from '../dataset.ts';

/** What the suite may be told. */
export interface TestDatasetOptions {
  /** Rows of each split that the suite loads. Default 16. */
  readonly rows?: number;
}

/**
 * The contract suite of data sets, for any test runner: `testDataset({ describe, test }, mnist)` with vitest.
 *
 * It loads a few rows several times, so it is as fast as the data set.
 */
export function testDataset(
  { describe, test }: Runner,
  dataset: Dataset,
  { rows = 16 }: TestDatasetOptions = {},
): void {
  const load = (seed: number, subset = rows): Promise<Splits> => dataset.load({ subset, seed });

  describe(`${dataset.name}, as a data set`, () => {
    test('is frozen, named, and says where it comes from', () => {
      assert(Object.isFrozen(dataset), 'must be frozen');
      assert(/^[a-z][a-zA-Z0-9]*$/.test(dataset.name), 'name must be lower camel case');
      for (const field of ['description', 'source', 'licence'] as const) {
        assert(dataset[field].length > 0, `${field} must not be empty`);
      }
    });

    test('gives as many rows as asked for', async () => {
      const { train, test: held } = await load(1);
      assert(train.size === rows && held.size === rows, `both splits must have ${rows} rows`);
    });

    test('has columns with the same number of finite entries for every row', async () => {
      for (const split of Object.values(await load(1)) as Split[]) {
        const columns = columnsOf(split);
        assert(columns.length > 0, 'a split must have columns');
        for (const [name, column] of columns) {
          assert(column.length > 0 && column.length % split.size === 0, `${name} must have whole rows`);
          assert(
            column.every((value) => Number.isFinite(value)),
            `${name} must be finite`,
          );
        }
      }
    });

    test('gives the same rows for the same seed', async () => {
      assert(same(await load(1), await load(1)), 'two loads with one seed must be equal');
    });

    test('gives test rows that do not depend on the seed', async () => {
      const [one, two] = [await load(1), await load(2)];
      assert(sameSplit(one.test, two.test), 'test rows must not depend on the seed');
      assert(!sameSplit(one.train, two.train), 'training rows must depend on the seed');
    });

    test('nests the training rows of smaller subsets in those of larger ones', async () => {
      const [small, large] = [await load(1, Math.ceil(rows / 2)), await load(1)];
      for (const [name, column] of columnsOf(small.train)) {
        const beginning = columnsOf(large.train)
          .find(([other]) => other === name)?.[1]
          .subarray(0, column.length);
        assert(beginning !== undefined && sameColumn(column, beginning), `${name} must begin alike`);
      }
    });

    test('gives arrays that the caller may change', async () => {
      const first = await load(1);
      for (const [, column] of columnsOf(first.train)) column.fill(0);
      assert(!same(first, await load(1)), 'a second load must not see the changes');
    });
  });
}

function columnsOf(split: Split): [string, Column][] {
  return Object.entries(split).filter((entry): entry is [string, Column] => ArrayBuffer.isView(entry[1]));
}

function same(one: Splits, two: Splits): boolean {
  return sameSplit(one.train, two.train) && sameSplit(one.test, two.test);
}

function sameSplit(one: Split, two: Split): boolean {
  const others = new Map(columnsOf(two));
  return columnsOf(one).every(([name, column]) => sameColumn(column, others.get(name)));
}

function sameColumn(one: Column, two: Column | undefined): boolean {
  return one.length === two?.length && one.every((value, i) => value === two[i]);
}
