import { allLocales } from '@faker-js/faker';

/**
 * First names, last names and cities of a locale, in lower case and with accents and syllables taken apart (NFD): a
 * Korean syllable is two or three letters then, and an é an e with an accent, so a few hundred characters are enough.
 */
export function wordsOf(locale: string): string[] {
  const { person, location } = allLocales[locale as keyof typeof allLocales];
  const parts = [person?.first_name, person?.last_name, location?.city_name];
  const words = parts
    .flatMap(texts)
    .map((word) => word.toLocaleLowerCase(locale.slice(0, 2)).normalize('NFD').trim());
  return [...new Set(words)].filter((word) => word.length > 0 && [...word].length < 30).sort();
}

/** Lists of text, of text with a weight, and either by sex. */
function texts(list: unknown): string[] {
  if (typeof list === 'string') return [list];
  if (Array.isArray(list)) return list.flatMap(texts);
  if (typeof list !== 'object' || list === null) return [];
  return 'value' in list ? texts(list.value) : Object.values(list).flatMap(texts);
}
