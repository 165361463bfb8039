/** `pnpm --filter docs pictures`: the README's picture of a mixture, as the built site has it on the page of its gate. */
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { svgFile } from './svg-file.ts';

const docs = resolve(import.meta.dirname, '..');
const page = readFileSync(resolve(docs, '.vitepress/dist/gates/hierarchical.html'), 'utf8');
const [picture] = /<svg[^>]*class="plot.*?<\/svg>/s.exec(page);
// Marks of the framework, and digits beyond what a pixel is.
const plain = picture.replace(/ data-v-[0-9a-f]+(="")?|<!--.*?-->/g, '').replace(/(\d+\.\d{2})\d+/g, '$1');
const label = 'A plane in four colours, one for each expert, with the classes that they learn';
writeFileSync(resolve(docs, 'public/mixture.svg'), svgFile(plain, label));
