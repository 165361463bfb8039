/**
 * A TypeDoc plugin that gives modules short names, and the comment at the top of an `index.ts` to its package: TypeDoc
 * gives it to the first declaration below.
 */
import { readFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { Comment, Converter, ReflectionKind } from 'typedoc';

const packages = resolve(import.meta.dirname, '../packages');

/** @param {import('typedoc').Application} app */
export function load(app) {
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const module of project.getReflectionsByKind(ReflectionKind.Module)) {
      const file = module.sources[0].fullFileName;
      module.name = moduleName(file);
      const header = headerOf(file);
      for (const child of module.children ?? []) {
        if (header !== undefined && Comment.combineDisplayParts(child.comment?.summary) === header) {
          child.comment = undefined;
        }
      }
      if (header !== undefined && !module.comment)
        module.comment = new Comment([{ kind: 'text', text: header }]);
    }
    // Without a repository to link to, paths and lines would only be noise.
    for (const reflection of Object.values(project.reflections)) reflection.sources = undefined;
  });
}

/** packages/datasets/src/mnist.ts -> datasets/mnist */
function moduleName(file) {
  return relative(packages, file)
    .replace('/src/', '/')
    .replace(/(\/index)?\.ts$/, '');
}

/** The text of the comment at the top of a file. */
function headerOf(file) {
  const [comment] = /^\/\*\*[\s\S]*?\*\/\n/.exec(readFileSync(file, 'utf8')) ?? [];
  return comment?.replace(/^\/\*\*[\s*]*|\s*\*\/\n$/g, '').replace(/\n \* ?/g, '\n');
}
