/**
 * A TypeDoc plugin for a habit of this project: the comment at the top of a file describes what the file is about, so
 * `top-k.ts` describes `topK`, and `index.ts` describes its package. TypeDoc gives such a comment to the first
 * declaration below it or to nobody; here it goes where it belongs, and modules get short names.
 */
import { readFileSync } from 'node:fs';
import { basename, relative, resolve } from 'node:path';
import { Comment, Converter, ReflectionKind } from 'typedoc';

const packages = resolve(import.meta.dirname, '../packages');

/** @param {import('typedoc').Application} app */
export function load(app) {
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    const modules = project.getReflectionsByKind(ReflectionKind.Module);
    for (const module of modules) {
      const file = module.sources[0].fullFileName;
      module.name = moduleName(file);
      const header = headerOf(file);
      for (const child of module.children ?? []) {
        if (header !== undefined && Comment.combineDisplayParts(child.comment?.summary) === header) {
          child.comment = undefined;
        }
        if (basename(fileOf(child)) === `${kebab(child.name)}.ts`) describe(child, headerOf(fileOf(child)));
      }
      describe(module, header);
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

function describe(reflection, text) {
  if (text === undefined || reflection.comment) return;
  reflection.comment = new Comment([{ kind: 'text', text }]);
}

/** The text of the comment at the top of a file. */
function headerOf(file) {
  const [comment] = /^\/\*\*[\s\S]*?\*\/\n/.exec(readFileSync(file, 'utf8')) ?? [];
  return comment?.replace(/^\/\*\*[\s*]*|\s*\*\/\n$/g, '').replace(/\n \* ?/g, '\n');
}

function fileOf(reflection) {
  return reflection.sources?.[0]?.fullFileName ?? '';
}

function kebab(name) {
  return name.replace(/(?<!^)[A-Z]/g, '-$&').toLowerCase();
}
