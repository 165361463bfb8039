/** What `@tfjs-moe/core/hints` is under the condition `production`. */
export * from '../src/hints/none.ts';
