/**
 * `moe check`: the report card of a gate with an expert, or of a layer.
 */

import { resolve } from 'node:path';
import {
  expectNoWords,
  type Given,
  integer,
  jsonText,
  oneOf,
  optionHelp,
  positive,
  type Reader,
  readOptions,
  readText,
  text,
} from '@tfjs-moe/command-line';
import { MoeError } from '@tfjs-moe/core';
import type { Family } from '@tfjs-moe/measures';
import {
  type DensityModel,
  type LayerConfig,
  type ReportCard,
  type ReportSubject,
  reportCard,
  reportCardMarkdown,
  reportCardText,
  type Support,
} from '@tfjs-moe/theory';
import { determinationText } from '../check/determination-text.ts';
import { type FittedModel, fittedModel } from '../check/fitted-model.ts';
import type { Command } from '../command.ts';
import { family } from '../family-words.ts';
import { expertOf, gateOf, pluginHelp } from '../plugin-words.ts';
import { numbersOf, rowsOf } from '../saved/table-rows.ts';
import { stepProgress } from '../step-progress.ts';
import { boxOf, intervals } from '../support-words.ts';
import { userTable } from '../user-table.ts';

const WHO = 'moe check';

/** Names between commas, but for those inside brackets. */
const names: Reader<readonly string[]> = (written) =>
  written
    .split(/,(?![^[]*\])/)
    .map((name) => name.trim())
    .filter((name) => name !== '');

/** `regression`, or a family. */
const model: Reader<Family | 'regression'> = (written, option, who) =>
  written === 'regression' ? written : family(written, option, who);

const size = integer({ min: 1, max: 4096 });
const options = {
  gate: { value: 'GATE', about: 'who goes where (default: softmax)', read: text },
  router: {
    value: 'ROUTER',
    about: 'what scores the experts (default: that of the gate, linear)',
    read: text,
  },
  expert: { value: 'EXPERT', about: 'what each expert computes', read: text },
  inputs: { value: 'N', about: 'features of an input (default: 2)', read: size },
  experts: {
    value: 'N',
    about: 'number of experts (default: 3; 4 under a hierarchical gate)',
    read: size,
  },
  layer: {
    value: 'FILE',
    about: 'JSON of a layer instead: what mixtureOfExperts(...).getConfig() returns',
    read: text,
  },
  fit: {
    value: 'FILE',
    about:
      'a file of moe fit --save instead: the density that was fitted, with what --equal, --fix and --absent held, and how well its data determine it; --data is then a table as it was fitted to',
    read: text,
  },
  model: {
    value: 'MODEL',
    about:
      'regression by least squares (default), or the law of a fit by maximum likelihood: gaussian, studentT:4, poisson, negativeBinomial, gamma, binomial, or multinomial',
    read: model,
  },
  variances: {
    value: 'WORD',
    about: 'of a law with a deviation or shape: own (default), or common to all experts',
    read: oneOf(['own', 'common']),
  },
  classes: {
    value: 'N',
    about: 'of a multinomial law: how many (default: 3)',
    read: integer({ min: 2, max: 64 }),
  },
  trials: {
    value: 'N',
    about: 'of a binomial law: out of how many (default: 1)',
    read: integer({ min: 1, max: 1024 }),
  },
  support: {
    value: 'TEXT',
    about:
      'where the inputs are, such as "x1 in [-1, 1], x2 in [0, 5]": kinks and selections count there alone',
    read: intervals,
  },
  data: {
    value: 'TABLE',
    about: 'the same by a CSV file, all columns of which are inputs: its rows and nothing else',
    read: text,
  },
  known: {
    value: 'NAMES',
    about:
      'parameters that are known, such as "gate/bias, expert#0": of all atoms, of one (numbered from 0), or a single number like expert/kernel[0,0]#1; "gate/bias = 0" says what it is',
    read: names,
  },
  tied: {
    value: 'NAMES',
    about:
      'numbers that are equal: of all atoms, such as "expert/bias" or "gate/router/kernel[0]", or of some, such as "expert/kernel[0,0]#0 = expert/kernel[0,0]#1"',
    read: names,
  },
  'shared-experts': {
    value: 'N',
    about: 'experts that are added whatever the gate chooses (default: 0)',
    read: integer({ min: 0, max: 8 }),
  },
  exact: { about: 'judge as if no more experts were fitted than there are' },
  regime: {
    value: 'N',
    about:
      'of a sigmoid gate: 1, gates of surplus experts do not depend on the input, or 2, they do (default: both)',
    read: integer({ min: 1, max: 2 }),
  },
  budget: {
    value: 'N',
    about: 'thousand million operations for each set of verdicts, a second each or so (default: 10)',
    read: positive,
  },
  'time-limit': {
    value: 'S',
    about: 'seconds after which a set of verdicts ends too, on a loaded machine with less (default: none)',
    read: positive,
  },
  seed: {
    value: 'N',
    about: 'decides the parameters that verdicts are asked at (default: 0)',
    read: integer({ min: 0 }),
  },
  json: { about: 'the card as one JSON object on standard output' },
  markdown: { about: 'the card as Markdown with formulas' },
};

const usage = () => `usage: moe check --gate GATE --expert EXPERT [options]
       moe check --layer FILE [options]
       moe check --fit FILE [options]

What can be identified of this gate with this expert, at which rate, what slows it, and what mends it. The exit
status is 0 whatever the verdict.

${optionHelp(options)}

${pluginHelp}
`;

export const check: Command = {
  options,
  async run(written, { output, errors }) {
    const { given, words, help } = readOptions(WHO, written, options);
    if (help) {
      output.write(usage());
      return 0;
    }
    expectNoWords(WHO, words);
    const { exact, regime, budget, 'time-limit': timeLimit, seed, json, markdown } = given;
    if (json && markdown) throw new MoeError(WHO, 'give --json or --markdown, not both');
    const fitted = fittedOf(given);
    const where = supportOf(given, fitted);
    const subject = fitted?.subject ?? subjectOf(given, where);
    const law = fitted?.model ?? modelOf(given);
    const progress = stepProgress(errors);
    let card: ReportCard;
    try {
      card = reportCard(subject, {
        overSpecified: !exact,
        ...(regime !== undefined && { regime: regime as 1 | 2 }),
        ...(budget !== undefined && { budget: 1000 * budget }),
        ...(timeLimit !== undefined && { timeLimit: 1000 * timeLimit }),
        ...(seed !== undefined && { seed }),
        ...(law && { model: law }),
        ...(where && { support: where }),
        known: [...(fitted?.restriction.known ?? []), ...(given.known ?? [])],
        tied: [...(fitted?.restriction.tied ?? []), ...(given.tied ?? [])],
        ...(given['shared-experts'] !== undefined && { sharedExperts: given['shared-experts'] }),
        onProgress: progress.reach,
      });
    } finally {
      progress.stop();
    }
    const practice = fitted?.practice;
    const shown = json
      ? jsonText({ ...card, ...(practice && { practice }) })
      : markdown
        ? reportCardMarkdown(card).trimEnd()
        : reportCardText(card);
    const more =
      practice === undefined || json ? '' : `\n${withFence(determinationText(practice), markdown)}\n`;
    output.write(`${shown}\n${more}`);
    return 0;
  },
};

/** Text as it stands, in Markdown too. */
const withFence = (of: string, markdown: boolean | undefined) => (markdown ? `\`\`\`\n${of}\n\`\`\`` : of);

/** The model of a saved fit, where one is given. */
function fittedOf(given: Given<typeof options>): FittedModel | undefined {
  const { fit, gate, router, expert, inputs, experts, layer, model: of, variances, classes } = given;
  if (fit === undefined) return undefined;
  const others = { gate, router, expert, inputs, experts, layer, model: of, variances, classes };
  const stray = Object.entries(others).find(([, value]) => value !== undefined);
  if (stray) throw new MoeError(WHO, `--fit brings everything itself: leave out --${stray[0]}`);
  return fittedModel(WHO, fit, given.trials);
}

/** The law that is asked about; nothing of a regression. */
function modelOf({ model: of, variances, classes, trials }: Given<typeof options>): DensityModel | undefined {
  const numbers = {
    ...(variances !== undefined && { variances }),
    ...(classes !== undefined && { classes }),
    ...(trials !== undefined && { trials }),
  };
  if (of !== undefined && of !== 'regression') return { family: of, ...numbers };
  const [stray] = Object.keys(numbers);
  if (stray !== undefined) throw new MoeError(WHO, `--${stray} is of a law: give --model`);
  return undefined;
}

/** Where the inputs are; it says how many there are, unless they are counted. */
function supportOf(
  { support, data, inputs }: Given<typeof options>,
  fitted: FittedModel | undefined,
): Support | undefined {
  const count = fitted?.subject.inputDim ?? inputs;
  if (data === undefined) return support && boxOf(support, count ?? Math.max(2, ...support.keys()));
  if (support !== undefined) throw new MoeError(WHO, 'give --support or --data, not both');
  if (fitted) {
    const { saved } = fitted;
    return { rows: rowsOf(WHO, { file: data, inputs: undefined }, saved.columns ?? {}, saved).inputs.rows };
  }
  const table = userTable(WHO, data);
  const columns = table.columns.map(({ name }) => numbersOf(WHO, table, name));
  return { rows: Array.from({ length: table.size }, (_, row) => columns.map((values) => values[row]!)) };
}

function subjectOf(given: Given<typeof options>, where: Support | undefined): ReportSubject {
  const { gate, router, expert, layer, model: of } = given;
  const experts = given.experts ?? (of === 'regression' ? undefined : of?.families?.length);
  const inputDim = given.inputs ?? (where && ('rows' in where ? where.rows[0]?.length : where.box.length));
  if (layer !== undefined) {
    const spec = { gate, router, expert, inputs: given.inputs, experts };
    const stray = Object.entries(spec).find(([, value]) => value !== undefined);
    if (stray) throw new MoeError(WHO, `--layer brings everything itself: leave out --${stray[0]}`);
    return readLayer(layer);
  }
  if (expert === undefined)
    throw new MoeError(WHO, 'needs an --expert, such as --expert ffn:gelu, or a --layer');
  const chosen = gateOf(gate ?? 'softmax', router);
  // Refuses numbers of experts that the gate cannot serve.
  if (experts !== undefined) chosen.expertsPerToken(experts);
  return {
    gate: chosen,
    expert: expertOf(expert),
    ...(inputDim !== undefined && { inputDim }),
    ...(experts !== undefined && { experts }),
  };
}

function readLayer(file: string): LayerConfig {
  const json = readText(WHO, '--layer must be a file that can be read', resolve(file), file);
  let config: LayerConfig | { className?: unknown; config?: LayerConfig } | null;
  try {
    config = JSON.parse(json);
  } catch (error) {
    throw new MoeError(WHO, `--layer must be a file of JSON: ${(error as Error).message}`, file);
  }
  const isObject = (value: unknown) => typeof value === 'object' && value !== null;
  const own = isObject(config) && 'config' in config! ? config.config : config;
  if (isObject(own) && 'units' in own!) return own as LayerConfig;
  throw new MoeError(WHO, '--layer must hold the config of a MixtureOfExperts layer', file);
}
