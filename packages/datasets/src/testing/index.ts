/** The contract suite that any data set can be held to. */
export { type TestDatasetOptions, type TestRunner, testDataset } from './test-dataset.ts';
