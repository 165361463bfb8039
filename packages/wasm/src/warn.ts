/** The warnings of this package: training goes on, but not as fast as it could. */

const said = new Set<string>();

/** Warns once of everything. */
export function warnOnce(text: string): void {
  if (said.has(text)) return;
  said.add(text);
  // biome-ignore lint/suspicious/noConsole: slow training without a word would be worse.
  console.warn(`[tfjs-moe] wasm: ${text}.`);
}

/** Warns that the kernels of this package cannot be used. */
export function warnOfStock(reason: string): void {
  warnOnce(`the stock kernels of tfjs stay in place: ${reason}`);
}
