/** A language that the package of names knows, as this program shows it. */
export interface Language {
  /** Locale of `@faker-js/faker`. */
  readonly locale: string;
  readonly name: string;
  readonly script: Script;
}

export type Script = 'Latin' | 'Cyrillic' | 'Greek' | 'Arabic' | 'Hebrew' | 'Hangul' | 'Georgian' | 'Thai';

/** Two dozen languages with 330 to 4,700 names each; those written in thousands of characters are left out. */
export const languages: readonly Language[] = [
  ...of('Latin', {
    de: 'German',
    en: 'English',
    nl: 'Dutch',
    fr: 'French',
    es: 'Spanish',
    it: 'Italian',
    pt_PT: 'Portuguese',
    ro: 'Romanian',
    cs_CZ: 'Czech',
    pl: 'Polish',
    hr: 'Croatian',
    hu: 'Hungarian',
    tr: 'Turkish',
    vi: 'Vietnamese',
  }),
  ...of('Cyrillic', { ru: 'Russian', uk: 'Ukrainian', mk: 'Macedonian' }),
  ...of('Greek', { el: 'Greek' }),
  ...of('Arabic', { ar: 'Arabic', fa: 'Persian' }),
  ...of('Hebrew', { he: 'Hebrew' }),
  ...of('Hangul', { ko: 'Korean' }),
  ...of('Georgian', { ka_GE: 'Georgian' }),
  ...of('Thai', { th: 'Thai' }),
];

function of(script: Script, names: Readonly<Record<string, string>>): Language[] {
  return Object.entries(names).map(([locale, name]) => ({ locale, name, script }));
}
