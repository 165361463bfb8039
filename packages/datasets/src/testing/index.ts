/** The contract suites that any data set and any table can be held to. */
export { type TestDatasetOptions, testDataset } from './test-dataset.ts';
export { testTable } from './test-table.ts';
