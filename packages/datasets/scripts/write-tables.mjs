/**
 * Writes the text of the published tables from the files of vega-datasets 3.2.1, which is 42 MB and so no dependency:
 *
 *   npm pack vega-datasets@3.2.1 && tar xf vega-datasets-3.2.1.tgz
 *   node packages/datasets/scripts/write-tables.mjs package/data
 *
 * The tests put the original files together again and compare their git hashes with those that vega-datasets states.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const [data] = process.argv.slice(2);
if (data === undefined) throw new Error('usage: node write-tables.mjs <data folder of vega-datasets>');

write('gistemp', readFileSync(join(data, 'global-temp.csv'), 'utf8').trim().split('\r\n').slice(1));

const birds = JSON.parse(readFileSync(join(data, 'penguins.json'), 'utf8'));
const sexes = { FEMALE: 'female', MALE: 'male' };
write(
  'penguins',
  birds.map((bird) =>
    [
      bird.Species,
      bird.Island,
      bird['Beak Length (mm)'],
      bird['Beak Depth (mm)'],
      bird['Flipper Length (mm)'],
      bird['Body Mass (g)'],
      sexes[bird.Sex],
    ].join(','),
  ),
);

function write(name, lines) {
  const file = resolve(import.meta.dirname, `../src/tables/${name}-text.ts`);
  const head = `/** The cells of ${name}, written by scripts/write-tables.mjs. */\n`;
  writeFileSync(file, `${head}export const ${name}Text = \`\n${lines.join('\n')}\n\`;\n`);
}
