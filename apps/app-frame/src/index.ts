/** What the programs that train and report share. */

export { type BackendName, backendNames, useBackend } from './backend.ts';
export { type Figure, figure } from './figure.ts';
export { clock, count, duration, percent } from './format.ts';
export { loadModel, saveModel } from './model-files.ts';
export { htmlPage, type Page } from './page.ts';
export { expertColor, expertName } from './palette.ts';
export { type Pairs, particulars, table } from './tables.ts';
export { textTable } from './text-table.ts';
export { versions } from './versions.ts';
