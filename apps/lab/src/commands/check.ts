/**
 * `moe check`: the report card of a gate with an expert, or of a layer.
 */
import { readFileSync } from 'node:fs';
import { expectInteger, expectPositive, MoeError } from '@tfjs-moe/core';
import {
  type LayerConfig,
  type ReportCard,
  type ReportSubject,
  reportCard,
  reportCardMarkdown,
  reportCardText,
} from '@tfjs-moe/theory';
import type { Command } from '../command.ts';
import { commandWords } from '../command-words.ts';
import { expertOf, gateOf, pluginHelp } from '../plugin-words.ts';
import { stepProgress } from '../step-progress.ts';
import { userPath } from '../user-path.ts';

const WHO = 'moe check';

const USAGE = `usage: pnpm --silent moe check --gate GATE --expert EXPERT [options]
       pnpm --silent moe check --layer FILE [options]

What can be identified of this gate with this expert, at which rate, what slows it, and what mends it. The exit
status is 0 whatever the verdict.

  --gate GATE      who goes where (default: softmax)
  --router ROUTER  what scores the experts (default: that of the gate, linear)
  --expert EXPERT  what each expert computes
  --inputs N       features of an input (default: 2)
  --atoms N        number of experts (default: 3; 4 under a hierarchical gate)
  --layer FILE     JSON of a layer instead: what mixtureOfExperts(...).getConfig() returns
  --exact          judge as if no more experts were fitted than there are
  --budget S       seconds for each set of verdicts (default: 10)
  --seed N         decides the parameters that verdicts are asked at (default: 0)
  --json           the card as one JSON object on standard output
  --markdown       the card as Markdown with formulas

${pluginHelp}`;

export const check: Command = {
  async run(words) {
    const values = parse(words);
    if (values.help) {
      console.log(USAGE);
      return 0;
    }
    if (values.json && values.markdown) throw new MoeError(WHO, 'give --json or --markdown, not both');
    const subject = subjectOf(values);
    const options = {
      overSpecified: values.exact !== true,
      ...(values.budget !== undefined && {
        budget: 1000 * expectPositive(WHO, '--budget', Number(values.budget)),
      }),
      ...(values.seed !== undefined && { seed: expectInteger(WHO, '--seed', Number(values.seed)) }),
    };
    const progress = stepProgress(process.stderr);
    let card: ReportCard;
    try {
      card = reportCard(subject, { ...options, onProgress: progress.step });
    } finally {
      progress.stop();
    }
    console.log(
      values.json
        ? JSON.stringify(card)
        : values.markdown
          ? reportCardMarkdown(card).trimEnd()
          : reportCardText(card),
    );
    return 0;
  },
};

type Values = ReturnType<typeof parse>;

function parse(words: readonly string[]) {
  return commandWords(WHO, {
    args: [...words],
    options: {
      gate: { type: 'string' },
      router: { type: 'string' },
      expert: { type: 'string' },
      inputs: { type: 'string' },
      atoms: { type: 'string' },
      layer: { type: 'string' },
      exact: { type: 'boolean' },
      budget: { type: 'string' },
      seed: { type: 'string' },
      json: { type: 'boolean' },
      markdown: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  }).values;
}

function subjectOf({ gate, router, expert, inputs, atoms, layer }: Values): ReportSubject {
  if (layer !== undefined) {
    const spec = { gate, router, expert, inputs, atoms };
    const stray = Object.entries(spec).find(([, value]) => value !== undefined);
    if (stray) throw new MoeError(WHO, `--layer brings everything itself: leave out --${stray[0]}`);
    return readLayer(layer);
  }
  if (expert === undefined)
    throw new MoeError(WHO, 'needs an --expert, such as --expert ffn:gelu, or a --layer');
  const size = (option: string, value: string | undefined, max: number) =>
    value === undefined ? undefined : expectInteger(WHO, option, Number(value), { min: 1, max });
  const inputDim = size('--inputs', inputs, 4096);
  const experts = size('--atoms', atoms, 4096);
  const chosen = gateOf(gate ?? 'softmax', router);
  // Refuses numbers of experts that the gate cannot serve.
  if (experts !== undefined) chosen.expertsPerToken(experts);
  return {
    gate: chosen,
    expert: expertOf(expert),
    ...(inputDim !== undefined && { inputDim }),
    ...(experts !== undefined && { atoms: experts }),
  };
}

function readLayer(file: string): LayerConfig {
  let config: LayerConfig | { className?: unknown; config?: LayerConfig };
  try {
    // pnpm starts programs in the folder of their package; this is where the user is.
    config = JSON.parse(readFileSync(userPath(file), 'utf8'));
  } catch (error) {
    throw new MoeError(WHO, `--layer must be a file of JSON: ${(error as Error).message}`, file);
  }
  const own = config && 'config' in config ? config.config : config;
  if (own && 'experts' in own) return own;
  throw new MoeError(WHO, '--layer must hold the config of a MixtureOfExperts layer', file);
}
