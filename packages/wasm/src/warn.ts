/** The one warning of this package: training goes on without its kernels. */

const said = new Set<string>();

/** Warns that the stock kernels stay, once for every reason. */
export function warnOnce(reason: string): void {
  if (said.has(reason)) return;
  said.add(reason);
  // biome-ignore lint/suspicious/noConsole: slow training without a word would be worse.
  console.warn(`[tfjs-moe] wasm: the stock kernels of tfjs stay in place: ${reason}.`);
}
