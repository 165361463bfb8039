/** A project to start from. */
export interface Template {
  readonly name: string;
  readonly about: string;
  /** The command that shows it, after `npm install`. */
  readonly start: string;
  /** Files that several templates have, and where they stand in this one. The model has no annotation: it is JavaScript, too. */
  readonly shared: Readonly<Record<string, string>>;
}

const page = { 'model.ts': 'src/model.ts', 'points.ts': 'src/points.ts', 'style.css': 'src/style.css' };

/** The templates, the one that is taken where none is named first. */
export const templates: readonly Template[] = [
  { name: 'vite', about: 'a page in TypeScript, built with Vite', start: 'npm run dev', shared: page },
  { name: 'react', about: 'the same with React', start: 'npm run dev', shared: page },
  {
    name: 'page',
    about: 'a page of plain HTML and JavaScript, without a bundler',
    start: 'npm start',
    shared: { 'model.ts': 'model.js' },
  },
  { name: 'node', about: 'a program for Node', start: 'npm start', shared: { 'model.ts': 'model.js' } },
];
