/** What the parser reads: numbers, names, calls and operators, as R's language has them. */
export type Node =
  | { readonly type: 'number'; readonly value: number }
  | { readonly type: 'text'; readonly value: string }
  | { readonly type: 'name'; readonly name: string }
  | { readonly type: 'call'; readonly of: string; readonly args: readonly Argument[] }
  | { readonly type: 'unary'; readonly sign: '+' | '-'; readonly of: Node }
  | { readonly type: 'brackets'; readonly of: Node }
  | { readonly type: 'binary'; readonly sign: Sign; readonly left: Node; readonly right: Node };

/** Signs between two expressions. */
export type Sign = '+' | '-' | '*' | '/' | ':' | '^';

/** An argument of a call, with its name where it has one. */
export interface Argument {
  readonly name?: string;
  readonly value: Node;
}

const SYNTACTIC = /^(?:[\p{L}]|\.(?!\d))[\p{L}\p{N}._]*$/u;

/** An expression as R writes it, which is what R calls its column. */
export function textOf(node: Node): string {
  switch (node.type) {
    case 'number':
      return `${node.value}`;
    case 'text':
      return JSON.stringify(node.value);
    case 'name':
      return SYNTACTIC.test(node.name) ? node.name : `\`${node.name}\``;
    case 'call': {
      const args = node.args.map(({ name, value }) =>
        name === undefined ? textOf(value) : `${name} = ${textOf(value)}`,
      );
      return `${node.of}(${args.join(', ')})`;
    }
    case 'unary':
      return `${node.sign}${textOf(node.of)}`;
    case 'brackets':
      return `(${textOf(node.of)})`;
    case 'binary': {
      const space = node.sign === '^' || node.sign === ':' || node.sign === '/' ? '' : ' ';
      return `${textOf(node.left)}${space}${node.sign}${space}${textOf(node.right)}`;
    }
  }
}
