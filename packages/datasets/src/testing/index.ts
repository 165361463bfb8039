/** The contract suite that any data set can be held to. */
export { type TestDatasetOptions, testDataset } from './test-dataset.ts';
