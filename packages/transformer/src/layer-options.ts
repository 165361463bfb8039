/** What tfjs gives every layer it restores, and every layer may be given. */
export const layerOptions: readonly string[] = [
  'name',
  'trainable',
  'inputShape',
  'batchInputShape',
  'batchSize',
  'dtype',
  'inputDType',
  'updatable',
  'weights',
  'customObjects',
];
