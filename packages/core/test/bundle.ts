import { build, type Rollup } from 'vite';

/**
 * What a production build makes of a program: the code that is left after everything unused was dropped.
 * @param from folder from which the program imports
 */
export async function bundled(from: string, program: string): Promise<string> {
  const entry = `${from}/program.ts`;
  const result = (await build({
    configFile: false,
    logLevel: 'silent',
    root: from,
    resolve: { conditions: ['tfjs-moe-source'] },
    plugins: [
      {
        name: 'program',
        resolveId: (id) => (id === entry ? entry : undefined),
        load: (id) => (id === entry ? program : undefined),
      },
    ],
    build: { write: false, minify: false, rollupOptions: { input: entry } },
  })) as Rollup.RollupOutput;
  return result.output.map((chunk) => (chunk.type === 'chunk' ? chunk.code : '')).join('\n');
}
