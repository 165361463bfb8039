import type { Convention } from './conventions.ts';
import { expertConventions } from './experts.ts';
import { gateConventions } from './gates.ts';
import { lookingConventions } from './looking.ts';
import { lossConventions } from './losses.ts';

/** All golden vectors that options come to. */
export const conventions: readonly Convention[] = [
  ...gateConventions,
  ...expertConventions,
  ...lossConventions,
  ...lookingConventions,
];

/** What a row of the table is known by. */
export const nameOf = ({ vector, convention, library }: Omit<Convention, 'option' | 'answer' | 'expected'>) =>
  `${vector}: ${convention} (${library})`;

/** For tests: name, convention, and its place in the table. */
export const named: readonly (readonly [name: string, convention: Convention, row: number])[] =
  conventions.map((each, row) => [nameOf(each), each, row]);

/** Greatest deviations of a convention by backend; `kernels` are those of `@tfjs-moe/wasm`. */
export type Deviations = Readonly<Record<'cpu' | 'wasm' | 'kernels' | 'webgl' | 'webgpu', number>>;

declare module 'vitest' {
  interface TaskMeta {
    /** Row of the table, backend, deviation: what `scripts/conformance.mjs` reads. */
    conformance?: readonly [row: number, backend: keyof Deviations, deviation: number];
  }
}
