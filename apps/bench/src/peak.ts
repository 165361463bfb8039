/** The machine's peak of 128-bit multiplications and additions: what a product could reach at best in WebAssembly. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { main } from 'assemblyscript/asc';

/** Floating-point operations of one turn of the loop: thirteen chains, four lanes, one product and one sum. */
const PER_TURN = 13 * 4 * 2;

type Peak = (turns: number, times: number, plus: number) => number;

/** Compiles the loop; the result runs it once and returns GFLOP/s. */
export async function peakMeter(): Promise<() => number> {
  const source = readFileSync(join(import.meta.dirname, '../assembly/peak.ts'), 'utf8');
  let binary: Uint8Array<ArrayBuffer> | undefined;
  const { error, stderr } = await main(
    ['peak.ts', '-O3', '--runtime', 'stub', '--enable', 'simd', '-o', 'peak.wasm'],
    {
      readFile: (name) => (name === 'peak.ts' ? source : null),
      writeFile: (_name, contents) => {
        binary = contents as Uint8Array<ArrayBuffer>;
      },
      listFiles: () => [],
    },
  );
  if (binary === undefined) throw new Error(`the loop does not compile: ${error ?? stderr.toString()}`);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(binary), { env: { abort() {} } });
  const peak = exports.peak as Peak;
  return () => {
    const turns = 400_000;
    const start = performance.now();
    peak(turns, 0.5, 1);
    return (turns * PER_TURN) / (performance.now() - start) / 1e6;
  };
}
