/** The code in a README. */
import { readFileSync } from 'node:fs';

/** The fenced blocks of a language, one after the other. */
export function codeIn(readme, language) {
  const blocks = readFileSync(readme, 'utf8').matchAll(
    new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'),
  );
  return [...blocks].map(([, code]) => code).join('\n');
}
