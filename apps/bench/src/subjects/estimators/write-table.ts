import { replaceFile } from '@tfjs-moe/command-line';
import { type Design, drawn } from './drawn.ts';

/** A drawn sample as a table of x, z and y. */
export function writeTable(path: string, of: Design, experts: number, n: number): void {
  const { x, z, data } = drawn(of, experts, n, 9);
  const rows = x.map((value, i) => `${value},${z[i]},${data.response[i]}`);
  replaceFile('bench', { path, content: ['x,z,y', ...rows].join('\n') });
}
