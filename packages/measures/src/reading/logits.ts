import {
  type ParamSpec,
  type ParamSpecs,
  type Router,
  type Runs,
  type ScoredForm,
  scoped,
} from '@tfjs-moe/core';
import { evaluate, isOverOps } from './evaluate.ts';
import { type Expression, type Expressions, factorsOf, parametersIn, termsOf } from './expression.ts';
import { times } from './products.ts';
import { isCommon } from './properties.ts';
import { inputOf, parametersOf, type RecordedGate } from './record.ts';
import { recorder } from './recorder.ts';
import { sum } from './sums.ts';

/** The logits of a gate taken apart. */
export interface Logits {
  /** $(\pi + \beta_0) / \tau$ */
  readonly value: Expression;
  /** $\pi$ */
  readonly score: Expression;
  readonly form: ScoredForm & { readonly temperature?: string };
}

/**
 * Logits as the score of a router, a bias and a temperature: of the router that the gate names, where they are its score,
 * else of a router that is made of them.
 * @param mayHaveTemperature a sigmoid has no temperature of its own
 */
export function logitsOf(
  recorded: RecordedGate,
  value: Expression,
  router: Router | undefined,
  mayHaveTemperature: boolean,
  runs: Runs,
): Logits | undefined {
  const parts = partsOf(recorded.of, value, mayHaveTemperature);
  const named = (router: Router, path: string, { score, bias, temperature }: Part): Logits => ({
    value,
    score,
    form: {
      router,
      path,
      ...(bias !== undefined && { bias }),
      ...(temperature !== undefined && { temperature }),
    },
  });
  for (const path of router === undefined ? [] : pathsOf(router, recorded)) {
    const own = scoreOf(router!, path, recorded);
    // What all experts share has no say in a softmax, and is gone from its logits.
    const known = mayHaveTemperature ? [own, withoutCommon(recorded.of, own, runs)] : [own];
    const part = parts.find(({ score }) => known.includes(score));
    if (part) return named(router!, path, part);
  }
  const [part] = parts as [Part];
  const made = routerOf(recorded, part.score);
  return made && named(made, '', part);
}

interface Part {
  readonly score: Expression;
  readonly bias?: string;
  readonly temperature?: string;
}

/** Every way to see a temperature and a bias in logits, those that see more first. */
function partsOf(of: Expressions, value: Expression, mayHaveTemperature: boolean): Part[] {
  const terms = termsOf(value);
  const temperatures = factorsOf(terms.length === 1 ? terms[0]!.term : value).filter(
    ({ factor, exponent }) => isNumber(factor) && factor.experts === 1 && exponent === -1,
  );
  const divided: Part[] = [
    ...(mayHaveTemperature ? temperatures : []).map(({ factor }) => ({
      score: times(of, value, factor),
      temperature: factor.name,
    })),
    { score: value },
  ];
  return [
    ...divided.flatMap((part) => biasesIn(part.score).map((bias) => biased(of, part, bias))),
    ...divided,
  ];
}

const isNumber = ({ operation, rows, features }: Expression) =>
  operation === 'parameter' && rows === 1 && features === 1;

/** Numbers of every expert's own that are added, and have no other part in it. */
function biasesIn(score: Expression): Expression[] {
  const terms = termsOf(score);
  return terms.flatMap(({ term, coefficient }) => {
    const isOwn = isNumber(term) && term.experts > 1 && coefficient === 1;
    const others = terms.filter((other) => other.term !== term);
    return isOwn && others.every((other) => !parametersIn(other.term).includes(term.name)) ? [term] : [];
  });
}

function biased(of: Expressions, part: Part, bias: Expression): Part {
  const score = sum(of, [
    { term: part.score, coefficient: 1 },
    { term: bias, coefficient: -1 },
  ]);
  return { ...part, score, bias: bias.name };
}

/** Where the parameters of a router may be among those of a gate. */
function pathsOf(router: Router, { specs, inputs }: RecordedGate): string[] {
  const names = Object.keys(router.params(inputs));
  const [first] = names;
  if (first === undefined) return ['router'];
  const ends = Object.keys(specs).filter((name) => name === first || name.endsWith(`/${first}`));
  const paths = ends.map((name) => name.slice(0, -first.length).replace(/\/$/, ''));
  return paths.filter((path) =>
    names.every((name) => Object.hasOwn(specs, path === '' ? name : `${path}/${name}`)),
  );
}

function withoutCommon(of: Expressions, score: Expression, runs: Runs): Expression {
  return sum(
    of,
    termsOf(score).filter(({ term }) => !isCommon(term, runs)),
  );
}

function scoreOf(router: Router, path: string, { of, specs, inputs }: RecordedGate): Expression {
  return router.logit(recorder(of), inputOf(of, inputs), scoped(path, parametersOf(of, specs)));
}

/** A router that computes a score; nothing for one that operations over the experts belong to. */
function routerOf({ gate, experts }: RecordedGate, score: Expression): Router | undefined {
  if (!isOverOps(score)) return undefined;
  const names = new Set(parametersIn(score));
  const kind = `${gate.kind}Score`;
  const made: Router = {
    role: 'router',
    kind,
    config: { kind },
    params(inputDim: number) {
      const specs: ParamSpecs = gate.params(inputDim, experts);
      const own = Object.entries(specs).filter(([name]) => names.has(name));
      return Object.fromEntries(
        own.map(([name, { copies, ...spec }]): [string, ParamSpec] => [
          name,
          { ...spec, shared: copies === 1 },
        ]),
      );
    },
    logit: (ops, x, p) => evaluate(ops, score, x, p),
  };
  return Object.freeze(made);
}
