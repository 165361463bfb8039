/**
 * Gates, routers and experts from words of a command line: a kind, with short options after colons (`topK:1`,
 * `ffn:gelu`, `polynomial:2`), or a config as JSON.
 *
 * Short words mean what the papers mean by them: `ffn:gelu` is $\mathrm{gelu}(a^\top x + b)$ without output weights, a
 * width (`ffn:gelu:8`) brings hidden units and output weights. Whatever else a plugin can do is asked for in JSON.
 */
import {
  activations,
  type Config,
  type Expert,
  type Gate,
  getExpert,
  getGate,
  getRouter,
  type Json,
  knownKinds,
  MoeError,
  type OptionsJson,
  type Role,
  type Router,
} from '@tfjs-moe/core';
import '@tfjs-moe/experts/register';
import '@tfjs-moe/gates/register';

/** Named in errors. */
const WHO = 'moe';

/** The gate of `--gate`, with the router of `--router` where there is one. */
export function gateOf(word: string, router?: string): Gate {
  const config = configOf('gate', word);
  if (router === undefined) return getGate(config, WHO);
  const { config: own } = routerOf(router);
  return getGate(withRouter(config, own), WHO);
}

/** The levels of a hierarchical gate have a router each, unless they are written out. */
function withRouter(config: Config, router: Config): Config {
  if (config.kind !== 'hierarchical') return { ...config, router };
  const level = { kind: 'softmax', router };
  const { inner } = config as { readonly inner?: Config };
  const below = inner?.kind === 'hierarchical' ? { inner: withRouter(inner, router) } : {};
  return { outer: level, inner: level, ...config, ...below } as Config;
}

/** The router of `--router`. */
export function routerOf(word: string): Router {
  return getRouter(configOf('router', word), WHO);
}

/** The expert of `--expert`. */
export function expertOf(word: string): Expert {
  return getExpert(configOf('expert', word), WHO);
}

/** How the words after a kind are read: every word is a number, an activation or a name. */
interface Words {
  /** The option that a number sets. */
  readonly number?: string;
  /** The options that words set together which are numbers or sums of them, as 2+3+1 is; nothing of other words. */
  readonly sums?: (words: readonly string[]) => OptionsJson | undefined;
  /** The option that an activation sets. */
  readonly activation?: string;
  readonly names?: Readonly<Record<string, OptionsJson>>;
  /** Options that follow from those that were written. */
  complete?(written: OptionsJson): OptionsJson;
}

type PluginRole = Exclude<Role, 'balanceLoss'>;

const noBias = { noBias: { useBias: false } };

/** The papers' $\sigma(a^\top x + b)$, unless a width is written. */
const feedForward = (more: OptionsJson = {}): Words => ({
  number: 'hiddenUnits',
  activation: 'activation',
  names: noBias,
  complete: (written) => ({
    activation: 'gelu',
    ...(written.hiddenUnits === undefined && { hiddenUnits: [], outputWeights: false }),
    ...more,
    ...written,
  }),
});

const wordsOf: Readonly<Record<PluginRole, Readonly<Record<string, Words>>>> = {
  gate: {
    sigmoid: { names: { normalize: { normalize: true } } },
    temperature: { number: 'temperature', names: { fixed: { learned: false } } },
    topK: {
      number: 'k',
      names: { theory: { biasInSelection: false }, sigmoid: { weighting: 'sigmoid' } },
    },
    noisyTopK: { number: 'k', complete: (written) => ({ k: 2, ...written }) },
    dselectK: { number: 'k' },
    productKeys: { number: 'keySize' },
    expertChoice: { number: 'capacityFactor' },
    mixtureOfDepths: { number: 'capacity' },
    hash: { number: 'k' },
    softMoe: { number: 'slots' },
    topP: { number: 'p' },
    minP: { number: 'p' },
    groupLimitedTopK: { number: 'groups', complete: (written) => ({ groups: 2, ...written }) },
    hierarchical: {
      number: 'groups',
      sums: levelsOfGroups,
      complete: (written) => ({ groups: 2, ...written }),
    },
  },
  router: {
    mlp: {
      number: 'hiddenUnits',
      activation: 'outputActivation',
      complete: (written) => ({ hiddenUnits: [], ...written }),
    },
    selectedInputs: { complete: (written) => ({ features: [0], ...written }) },
    cosine: { names: { perturbed: { epsilon1: 0.1, epsilon2: 0.1 } } },
  },
  expert: {
    linear: { names: noBias },
    polynomial: { number: 'degree', names: noBias },
    ffn: feedForward(),
    normalizedFfn: feedForward({ epsilon: 0 }),
    selectedInputs: { complete: (written) => ({ features: [0], expert: 'linear', ...written }) },
    lora: { number: 'rank', complete: (written) => ({ expert: 'linear', rank: 1, ...written }) },
    gatedFfn: {
      number: 'hiddenUnits',
      activation: 'activation',
      complete: (written) => ({ hiddenUnits: 2, ...written }),
    },
  },
};

/** Groups of groups: a number or sizes for each level, the outermost first. */
function levelsOfGroups([word, ...below]: readonly string[]): OptionsJson | undefined {
  const groups = groupsOf(word!);
  const inside = below.length === 0 ? {} : levelsOfGroups(below);
  if (groups === undefined || inside === undefined) return undefined;
  if (below.length === 0) return { groups };
  return { groups, inner: { kind: 'hierarchical', ...inside } as OptionsJson };
}

/** `2` is a number of groups, `2+3+1` are sizes of groups, and `[2+3]+4` of groups that are made of groups. */
function groupsOf(word: string): Json | undefined {
  if (NUMBER.test(word)) return Number(word);
  if (!/^\[*\d+\]*(\+\[*\d+\]*)+$/.test(word)) return undefined;
  try {
    return JSON.parse(`[${word.replaceAll('+', ',')}]`) as Json;
  } catch {
    return undefined;
  }
}

const NUMBER = /^\d+(\.\d+)?$/;

const placeholders: Readonly<Record<string, string>> = { hiddenUnits: 'WIDTH' };

/** `topK[:K][:theory]` */
function usageOf(role: PluginRole, kind: string): string {
  const { number, sums, activation, names = {} } = wordsOf[role][kind] ?? {};
  const words = [
    ...(number === undefined ? [] : [placeholders[number] ?? number.toUpperCase()]),
    ...(sums === undefined ? [] : ['...']),
    ...(activation === undefined ? [] : ['ACTIVATION']),
    ...Object.keys(names),
  ];
  return kind + words.map((word) => `[:${word}]`).join('');
}

/** Words behind a heading, in lines of at most 110 characters. */
function paragraph(heading: string, words: readonly string[]): string {
  const lines = [''];
  for (const word of words) {
    const last = lines.length - 1;
    const longer = lines[last] === '' ? word : `${lines[last]}, ${word}`;
    if (longer.length > 100) lines.push(word);
    else lines[last] = longer;
  }
  return lines.map((line, i) => (i === 0 ? heading : '').padEnd(8) + line).join(',\n');
}

/** For `--help`: the short words of every kind that is known. */
export const pluginHelp: string = [
  ...(['gate', 'router', 'expert'] as const).map((role) =>
    paragraph(
      role.toUpperCase(),
      knownKinds(role).map((kind) => usageOf(role, kind)),
    ),
  ),
  paragraph('ACTIVATION  ', activations),
  'topK:theory selects by the score without the bias. mlp is ACTIVATION(v.x), tanh unless said otherwise, with a',
  "hidden layer where there is a WIDTH. ffn:ACTIVATION is the papers' ACTIVATION(a.x + b), ffn:ACTIVATION:WIDTH has",
  'WIDTH hidden units and output weights, normalizedFfn is the same of x / |x|.',
  'hierarchical:2:3 has two groups of three groups each, on three levels; hierarchical:2+3+1 has groups of two experts,',
  'three and one, and hierarchical:[2+3]+4 a group of two groups and one of one.',
  'Any of them may be a config as JSON: \'{"kind":"ffn","hiddenUnits":[4,4],"activation":"tanh"}\'.',
].join('\n');

function configOf(role: PluginRole, written: string): Config {
  const isJson = written.trimStart().startsWith('{');
  const [word = '', ...words] = written.trim().split(':');
  const config = isJson ? jsonOf(role, written) : { kind: word };
  const kinds = knownKinds(role);
  if (!kinds.includes(config.kind)) {
    const rule = `--${role} must be one of ${kinds.join(', ')}, or a config of one as JSON`;
    throw new MoeError(WHO, rule, config.kind);
  }
  return isJson ? config : { ...optionsOf(role, word, words), kind: word };
}

function jsonOf(role: PluginRole, written: string): Config {
  try {
    return JSON.parse(written) as Config;
  } catch (cause) {
    const rule = `--${role} must be a kind or a config as JSON, like '{"kind":"${knownKinds(role)[0]}"}'`;
    throw Object.assign(new MoeError(WHO, rule, written), { cause });
  }
}

function optionsOf(role: PluginRole, kind: string, words: readonly string[]): OptionsJson {
  const rules = wordsOf[role][kind] ?? {};
  const sums = words.length > 0 ? rules.sums?.(words) : undefined;
  const options =
    sums ?? (Object.assign({}, ...words.map((word) => optionOf(role, kind, word, rules))) as OptionsJson);
  return rules.complete?.(options) ?? options;
}

function optionOf(
  role: PluginRole,
  kind: string,
  word: string,
  { number, activation, names = {} }: Words,
): OptionsJson {
  if (number !== undefined && NUMBER.test(word)) return { [number]: Number(word) };
  if (activation !== undefined && (activations as readonly string[]).includes(word))
    return { [activation]: word };
  if (names[word] !== undefined) return names[word];
  const known = [
    ...(number === undefined ? [] : [`a number (${number})`]),
    ...(activation === undefined ? [] : activations),
    ...Object.keys(names),
  ];
  const rule = known.length === 0 ? 'takes nothing' : `takes ${known.join(', ')}`;
  throw new MoeError(WHO, `--${role}: ${kind} ${rule} after a colon`, word);
}
