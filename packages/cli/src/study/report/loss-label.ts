/** What readers call a loss. */
const words: Readonly<Record<string, string>> = {
  regression: 'distance of the functions',
  totalVariation: 'total variation',
  experts: 'distance of the experts',
};

/** A loss as figures call it: `D4:shifts` is D4. */
export function lossLabel(loss: string): string {
  return (
    words[loss] ??
    loss
      .split(':')[0]!
      .replace(/^topK/, '')
      .replace(/^sigmoid/, 'sigmoid ')
  );
}
