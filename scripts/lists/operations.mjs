/** The legend of operations, read from the interfaces that define them. */
import { readFileSync } from 'node:fs';

/**
 * The members of an interface that are functions, each with the first sentence of its comment.
 * @returns {{ call: string, meaning: string }[]}
 */
export function operationsOf(path) {
  const text = readFileSync(path, 'utf8');
  const body = text.slice(text.indexOf('export interface'));
  const members = [
    ...body.matchAll(/^ {2}\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\n {2}(\w+)\(((?:[^()]|\([^()]*\))*)\): /gm),
  ];
  return members.map(([, comment, name, parameters]) => {
    const words = comment.replaceAll(/\s*\n\s*\* ?/g, ' ').trim();
    const names = [...parameters.replaceAll(/\([^()]*\)/g, '').matchAll(/(\w+\??):/g)].map(
      ([, parameter]) => parameter,
    );
    return { call: `\`${name}(${names.join(', ')})\``, meaning: sentence(words).replaceAll('|', '\\|') };
  });
}

/** Up to the first full stop that ends a sentence. */
function sentence(text) {
  return (/^[\s\S]*?\.(?=\s|$)/.exec(text) ?? [text])[0].replace(/\.$/, '');
}
