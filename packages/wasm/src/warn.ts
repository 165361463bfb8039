/** The warnings of this package: training goes on, but not as fast as it could. */

const said = new Set<string>();

/** Warns once of everything; a text that ends a sentence by itself gets no second stop. */
export function warnOnce(text: string, end = '.'): void {
  if (said.has(text)) return;
  said.add(text);
  // biome-ignore lint/suspicious/noConsole: slow training without a word would be worse.
  console.warn(`[tfjs-moe] wasm: ${text.replace(/\.+$/, '')}${end}`);
}

/** Warns that the kernels of this package cannot be used. */
export function warnOfStock(reason: string): void {
  warnOnce(`the stock kernels of tfjs stay in place: ${reason}`);
}
