/** All mutants, one file for each idea. */
import { certificateMutants } from './certificates.mjs';
import { estimatorMutants } from './estimators.mjs';
import { gateMutants } from './gates.mjs';
import { journalMutants } from './journal.mjs';
import { layerMutants } from './layers.mjs';
import { tableMutants } from './tables.mjs';
import { wasmMutants } from './wasm.mjs';

export const mutants = [
  ...gateMutants,
  ...layerMutants,
  ...estimatorMutants,
  ...certificateMutants,
  ...tableMutants,
  ...journalMutants,
  ...wasmMutants,
];
