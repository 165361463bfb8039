import {
  type Config,
  type Expert,
  expectExperts,
  expectKnownOptions,
  expectSize,
  type Gate,
  getExpert,
  getGate,
  getRouter,
  type Identifier,
  MoeError,
  type Router,
} from '@tfjs-moe/core';
import { gateTraits, type LayerLike, levelsOf } from '@tfjs-moe/measures';
import '@tfjs-moe/experts/register';
import '@tfjs-moe/gates/register';
import { sumsToOne } from '../mixture/shared-experts.ts';
import { serves } from './serves.ts';
import { withRouter } from './with-router.ts';

/** A pair to judge. Gates, routers and experts are objects, configs `{ kind, ... }` or names of kinds. */
export interface ReportSpec<
  GateKind extends string = string,
  ExpertKind extends string = string,
  RouterKind extends string = string,
> {
  readonly gate: Identifier<Gate, GateKind>;
  /** Takes the place of the gate's own router, on all levels of a hierarchical gate. */
  readonly router?: Identifier<Router, RouterKind>;
  readonly expert: Identifier<Expert, ExpertKind>;
  /** Features of an input. Default 2. */
  readonly inputDim?: number;
  /** Number of experts. Default 3, or the next number that the gate can serve; two for each group of the last level of a hierarchical gate. */
  readonly experts?: number;
}

/** What `MixtureOfExperts.getConfig()` returns, as far as it is read. */
export interface LayerConfig<GateKind extends string = string, ExpertKind extends string = string> {
  readonly experts: number;
  readonly gate: Identifier<Gate, GateKind>;
  readonly expert: Identifier<Expert, ExpertKind>;
  /** What tells a layer from a pair to judge. */
  readonly units: number | null;
  /** Experts that see every token: `sharedExperts(...)`, or the config of one. */
  readonly shared?: object | null;
  /** There where the layer is the first of its model. */
  readonly batchInputShape?: readonly (number | null)[];
}

/**
 * What a report card can be asked about: a gate with an expert, the config of a layer, or the layer itself: anything
 * whose `getConfig` returns a `LayerConfig`.
 */
export type ReportSubject<
  GateKind extends string = string,
  ExpertKind extends string = string,
  RouterKind extends string = string,
> =
  | ReportSpec<GateKind, ExpertKind, RouterKind>
  | LayerConfig<GateKind, ExpertKind>
  | Pick<LayerLike, 'getConfig'>;

/**
 * What a report is about: a gate, an expert and their sizes, read from a specification, from the config of a
 * `MixtureOfExperts` layer, or from the layer itself.
 */
export interface Subject {
  readonly gate: Gate;
  readonly expert: Expert;
  /** Nothing where a layer does not know it. */
  readonly inputDim: number | undefined;
  readonly experts: number;
  /** Outputs; verdicts are those of one. */
  readonly units: number;
  readonly isLayer: boolean;
  /** Experts that are always there, and learn. */
  readonly sharedExperts: number;
  /** What is left out of a layer, in words. */
  readonly without: readonly string[];
}

const who = 'reportCard';

export function readSubject(of: ReportSubject): Subject {
  if (typeof of !== 'object' || of === null)
    throw new MoeError(who, 'needs { gate, expert, ... }, a layer or the config of one', of);
  if ('getConfig' in of && typeof of.getConfig === 'function')
    return readLayer(of.getConfig() as LayerConfig);
  if ('units' in of) return readLayer(of);
  return readSpec(of as ReportSpec);
}

function readSpec(spec: ReportSpec): Subject {
  expectKnownOptions(who, spec, ['gate', 'router', 'expert', 'inputDim', 'experts']);
  const own = getGate(spec.gate, who);
  const gate = spec.router === undefined ? own : withRouter(own, getRouter(spec.router, who));
  if (gate === undefined)
    throw new MoeError(who, `the gate ${own.kind} takes no router, and its form is unknown`, spec.router);
  return {
    gate,
    expert: getExpert(spec.expert, who),
    inputDim: expectSize(who, 'inputDim', spec.inputDim ?? 2),
    experts: expectExperts(who, 'experts', spec.experts ?? fewExperts(gate)),
    units: 1,
    isLayer: false,
    sharedExperts: 0,
    without: [],
  };
}

function readLayer(config: LayerConfig): Subject {
  const experts = expectExperts(who, 'experts', config.experts);
  if ((config.expert as Config | undefined)?.kind === 'layers') {
    throw new MoeError(
      who,
      'experts made of tfjs layers have no definition over Ops, so nothing can be proved of them; write them with defineExpert',
      'layers',
    );
  }
  const features = config.batchInputShape?.at(-1);
  return {
    gate: getGate(config.gate, who),
    expert: getExpert(config.expert, who),
    inputDim: typeof features === 'number' ? features : undefined,
    experts,
    units: config.units ?? 1,
    isLayer: true,
    ...sharedOf(config),
  };
}

/**
 * Experts beside those that the gate chooses. What is frozen adds a known function, which no verdict sees; what is gated, of
 * another definition, or beside weights that do not sum to 1, is left out, and the card says so.
 */
function sharedOf(config: LayerConfig): Pick<Subject, 'sharedExperts' | 'without'> {
  const { shared, expert, gate } = config;
  if (shared === undefined || shared === null) return { sharedExperts: 0, without: [] };
  const own = ('config' in shared ? shared.config : shared) as {
    readonly expert?: Identifier<Expert, string>;
    readonly count?: number;
    readonly gate?: string;
    readonly trainable?: boolean;
  };
  if (own.trainable === false) return { sharedExperts: 0, without: [] };
  const count = own.count ?? 1;
  const kinds = [own.expert, expert].map((of) =>
    JSON.stringify(getExpert(of as Identifier<Expert, string>, who).config),
  );
  const isJudged =
    (own.gate ?? 'none') === 'none' && kinds[0] === kinds[1] && sumsToOne(getGate(gate, who), config.experts);
  if (isJudged)
    return { sharedExperts: 1, without: count > 1 ? [`shared experts: 1 instead of ${count}`] : [] };
  return { sharedExperts: 0, without: [`without its ${count} shared experts, which cannot be judged here`] };
}

/** Three experts or the next number that a gate can serve, two for each group of its last level. */
function fewExperts(gate: Gate): number {
  for (let experts = 3; experts < MOST_EXPERTS; experts++) {
    if (!serves(gate, experts)) continue;
    const { form } = gateTraits(gate, experts);
    if (
      form?.type !== 'hierarchical' ||
      levelsOf(form, experts)
        .at(-1)!
        .sizes.some((size) => size > 1)
    )
      return experts;
  }
  return 3;
}

/** Where the search for a number of experts ends. */
const MOST_EXPERTS = 64;
