/** The kernels, as the JavaScript side calls them. */
export { activate } from './activations';
export { binary } from './binary';
export { filterGradient, inputGradient, patchBytes } from './convolution';
export { depthwiseFilterGradient, depthwiseInputGradient } from './depthwise';
export { addWeightedRows, combineAll, expertsForward } from './experts';
export { erf, exp, sigmoid, tanh } from './functions';
export { activationGradient, addRowsTo, selectionGradient, weightedRowsGradient } from './gradients';
export { groupedProduct } from './grouped-product';
export { groupedKernelGradient } from './kernel-gradient';
export { maxPoolGradient } from './max-pool';
export { copyRuns, copyStrided, transposeMatrices } from './moving';
export { routeLinear } from './route';
export { countSelected, sortSelected } from './routing';
export { combineRows, combineRowsGradient, gatherRows, sumRows } from './rows';
export { topKMasks } from './selection';
export { sumByIndex, sumGroups } from './sums';
export { edgeTile, strip1, strip2, strip3, strip4 } from './tile';
export { workspaceBytes } from './workspace';
