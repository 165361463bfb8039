/** Mixtures of experts as plain data, and what a definition is found to be. */
export {};
