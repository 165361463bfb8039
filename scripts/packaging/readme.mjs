/** The code in a README, or in a page of the docs. */
import { readFileSync } from 'node:fs';

/** The fenced blocks of a language, one after the other. */
export function codeIn(readme, language) {
  const blocks = readFileSync(readme, 'utf8').matchAll(
    new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'),
  );
  return [...blocks].map(([, code]) => code).join('\n');
}

/** The fenced block that is labelled as a file: ```js [main.js] */
export function fileIn(page, name) {
  const blocks = readFileSync(page, 'utf8').matchAll(/^```\w+ \[(.+?)\]\n(.*?)^```$/gms);
  const block = [...blocks].find(([, label]) => label === name);
  if (block === undefined) throw new Error(`${page} shows no file ${name}`);
  return block[2];
}

/** The command that begins with a word, of any sh block. */
export function commandIn(page, start) {
  const command = codeIn(page, 'sh')
    .split('\n')
    .find((line) => line.startsWith(start));
  if (command === undefined) throw new Error(`${page} shows no command that begins with ${start}`);
  return command;
}
