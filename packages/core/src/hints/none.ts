/** What a production build has in place of hints. */
import type * as hints from './index.ts';

const nothing = () => '';

export const development: typeof hints.development = false;

export const builtInKinds: typeof hints.builtInKinds = { router: [], gate: [], expert: [], balanceLoss: [] };
export const didYouMean: typeof hints.didYouMean = nothing;
export const nearestName: typeof hints.nearestName = () => undefined;
export const insteadOfIdentifier: typeof hints.insteadOfIdentifier = nothing;
export const insteadOfKind: typeof hints.insteadOfKind = nothing;
export const wayToKinds: typeof hints.wayToKinds = nothing;
export const insteadOfActivation: typeof hints.insteadOfActivation = nothing;
export const insteadOfInitializer: typeof hints.insteadOfInitializer = nothing;
export const insteadOfLayerOption: typeof hints.insteadOfLayerOption = () => undefined;
export const insteadOfDirection: typeof hints.insteadOfDirection = nothing;
export const mendOfTwoCopies: typeof hints.mendOfTwoCopies = nothing;
export const wayOfLosses: typeof hints.wayOfLosses = nothing;
export const wayOfTraining: typeof hints.wayOfTraining = nothing;
