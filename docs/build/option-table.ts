/**
 * The options of a factory, read from their interface in the sources by the TypeScript compiler, so that a table of them
 * cannot be out of date.
 */
import { resolve } from 'node:path';
import ts from 'typescript';

export interface Option {
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  /** What applies when it is left out, where its comment says so in a word. */
  readonly byDefault: string | undefined;
  /** What it means, as Markdown on one line. */
  readonly description: string;
}

/** The options of the exported interface or type `name`; an error if there is none or one is not documented. */
export function optionsOf(name: string): Option[] {
  const { checker, types } = sources();
  const declaration = types.get(name);
  if (declaration === undefined)
    throw new Error(`options: no exported interface or type ${name} in packages/*/src`);
  return checker
    .getTypeAtLocation(declaration)
    .getProperties()
    .filter((property) => !fileOf(property).includes('/node_modules/'))
    .map((property) => optionFrom(property, checker, name));
}

function optionFrom(property: ts.Symbol, checker: ts.TypeChecker, owner: string): Option {
  const declaration = property.valueDeclaration as ts.PropertySignature;
  const comment = ts
    .displayPartsToString(property.getDocumentationComment(checker))
    .replace(/\s+/g, ' ')
    .trim();
  if (comment === '') throw new Error(`options: ${owner}.${property.name} has no comment`);
  const type = typeText(declaration, checker);
  const { byDefault, description } = splitDefault(comment);
  return {
    name: property.name,
    type,
    required: declaration.questionToken === undefined,
    // Comments name a string with or without its quotes.
    byDefault: type.includes(`'${byDefault}'`) ? `'${byDefault}'` : byDefault,
    description,
  };
}

/** The type as written, unless that refers to a list of names, which is spelt out. */
function typeText({ type }: ts.PropertySignature, checker: ts.TypeChecker): string {
  const written = type!
    .getText()
    .replace(/\breadonly /g, '')
    .replace(/\s+/g, ' ');
  const meant = checker.getNonNullableType(checker.getTypeFromTypeNode(type!));
  const literals = meant.isUnion() && meant.types.every((member) => member.isStringLiteral());
  if (literals || /\btypeof\b|\w\]$/.test(written) || written.includes("['")) {
    const flags = ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.InTypeAlias;
    return checker.typeToString(meant, undefined, flags).replaceAll('"', "'").replaceAll('<any>', '');
  }
  return written;
}

const DEFAULT = /(?:^|\s)Default:? (`[^`]*`|\S+?)(?=[.,:;]?(?:\s|$))([.,:;]?)/;

/** `What it is. Default 2.` -> 2 and `What it is.`; a default that needs a sentence stays in the text. */
function splitDefault(comment: string): Pick<Option, 'byDefault' | 'description'> {
  const [sentence, value, stop] = DEFAULT.exec(comment) ?? [];
  if (sentence === undefined || /^Default:/.test(sentence.trim()))
    return { byDefault: undefined, description: comment };
  const complete = stop === '.' || comment.endsWith(sentence);
  return {
    byDefault: value!.replaceAll('`', ''),
    description: (complete ? comment.replace(sentence, '') : comment).trim(),
  };
}

interface Sources {
  readonly checker: ts.TypeChecker;
  readonly types: ReadonlyMap<string, ts.Declaration>;
}

let cached: Sources | undefined;

/** Every exported interface and type of the packages. Compiling them takes a second, so it happens once. */
function sources(): Sources {
  if (cached !== undefined) return cached;
  const docs = resolve(import.meta.dirname, '..');
  const { config } = ts.readConfigFile(resolve(docs, 'tsconfig.api.json'), ts.sys.readFile);
  const { fileNames, options } = ts.parseJsonConfigFileContent(config, ts.sys, docs);
  const program = ts.createProgram(fileNames, options);
  const types = new Map<string, ts.Declaration>();
  for (const file of program.getSourceFiles()) {
    if (!file.fileName.includes('/packages/') || file.fileName.includes('/node_modules/')) continue;
    for (const node of file.statements) {
      const named = ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node);
      const exported = named && node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
      if (exported) types.set(node.name.text, node);
    }
  }
  cached = { checker: program.getTypeChecker(), types };
  return cached;
}

function fileOf(property: ts.Symbol): string {
  return property.valueDeclaration?.getSourceFile().fileName ?? '';
}
