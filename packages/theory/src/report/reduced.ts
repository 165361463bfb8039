import {
  type Expert,
  type Gate,
  type GateForm,
  type Router,
  runCount,
  runSizes,
  type Units,
} from '@tfjs-moe/core';
import {
  expertTraits,
  fewestInputs,
  gateTraits,
  readExpert,
  readRouter,
  routerTraits,
} from '@tfjs-moe/measures';
import { isLearned } from '../mixture/covered-form.ts';
import { expertOfLayers, expertWith, gateOfForm, gateWith, routerWith } from './built-ins.ts';
import { serves } from './serves.ts';
import type { Subject } from './subject.ts';

/** Largest sizes that are judged as they are. */
export interface Sizes {
  readonly inputDim: number;
  readonly experts: number;
  readonly hiddenUnits: number;
}

/**
 * A subject of sizes that can be judged: a real layer has too many parameters for exact arithmetic, and needs no more than a
 * few inputs, experts and hidden units to show its relations.
 *
 * Relations are made of the forms of gate and expert, not of their sizes; that they are the same at other sizes is an
 * observation (the table of verdicts), not a theorem. So a card says what it was judged at.
 */
export interface Judged {
  readonly gate: Gate;
  readonly expert: Expert;
  readonly inputDim: number;
  readonly experts: number;
  /** What was made smaller, in words; empty where nothing was. */
  readonly reduced: readonly string[];
}

/** Takes a size down to a limit, and notes it. */
type Smaller = (what: string, size: number, limit: number) => number;

/** A subject of sizes that can be judged, with what was made smaller. */
export function reduced(subject: Subject, most: Sizes): Judged {
  const notes: string[] = [...subject.without];
  const smaller: Smaller = (what, size, limit) => {
    if (size <= limit) return size;
    notes.push(`${what}: ${limit} instead of ${size}`);
    return limit;
  };
  const inputDim = smaller('inputs', subject.inputDim ?? most.inputDim, most.inputDim);
  if (subject.inputDim === undefined)
    notes.push(`inputs: ${inputDim}, since the layer does not say how many`);
  const { form } = gateTraits(subject.gate, subject.experts);
  // Two groups of each level, and two experts of each group.
  const groups = form === undefined ? 1 : fewGroups(form);
  const limit = groups > 1 ? Math.max(2 * groups, most.experts - (most.experts % groups)) : most.experts;
  const wanted = hasSizes(form) ? subject.experts : smaller('experts', subject.experts, limit);
  const isWhole = wanted === subject.experts;
  const gate = smallGate(subject.gate, form, { experts: wanted, isWhole, hidden: most.hiddenUnits }, smaller);
  const experts = served(gate, wanted, subject.experts);
  if (experts > wanted)
    notes.splice(
      notes.findIndex((note) => note.startsWith('experts')),
      1,
      `experts: ${experts} instead of ${subject.experts}`,
    );
  const expert = smallExpert(subject.expert, most.hiddenUnits, smaller);
  if (subject.units > 1) notes.push(`outputs: 1 instead of ${subject.units}`);
  return { gate, expert, inputDim, experts, reduced: notes };
}

/** The smallest number of experts from one on that a gate can serve. */
function served(gate: Gate, experts: number, most: number): number {
  for (let n = experts; n < most; n++) if (serves(gate, n)) return n;
  return most;
}

/** What a gate is made to fit. */
interface Wanted {
  readonly experts: number;
  /** Whether these are all experts that there are, so that groups stay as they are. */
  readonly isWhole: boolean;
  readonly hidden: number;
}

/** A gate whose selections, groups and routers fit a smaller mixture; the gate itself where they do, or are unknown. */
function smallGate(gate: Gate, form: GateForm | undefined, wanted: Wanted, smaller: Smaller): Gate {
  if (form === undefined) return gate;
  const { experts } = wanted;
  const small = smallForm(form, wanted, smaller);
  if (small === form) return gate;
  if (small.type === 'hierarchical') return gateOfForm(small);
  const k = small.selection?.k;
  const isOfRouter = 'router' in form && small.router === form.router;
  const withOption =
    k !== undefined && isOfRouter
      ? gateWith(gate, { k }, (changed) => selectionOf(changed, experts) === k)
      : undefined;
  const learned = small.type === 'sigmoid' || small.temperature === undefined || isLearned(gate, small);
  return withOption ?? gateOfForm(small, learned);
}

function selectionOf(gate: Gate, experts: number): number | undefined {
  const { form } = gateTraits(gate, experts);
  return form === undefined || form.type === 'hierarchical' ? undefined : form.selection?.k;
}

/** Groups of the last level of a tree that has at most two of each. */
function fewGroups(form: GateForm): number {
  if (form.type !== 'hierarchical') return 1;
  const groups = runCount(form.groups);
  const above = form.outer.type === 'hierarchical' ? 2 * fewGroups(form.outer) : Math.min(2, groups);
  return above * fewGroups(form.inner);
}

/** Whether some groups have sizes of their own: such a tree is judged whole, since a smaller one has others. */
function hasSizes(form: GateForm | undefined): boolean {
  if (form?.type !== 'hierarchical') return false;
  return typeof form.groups !== 'number' || hasSizes(form.outer) || hasSizes(form.inner);
}

/** The form itself where nothing is too large. */
function smallForm(form: GateForm, wanted: Wanted, smaller: Smaller): GateForm {
  const { experts, isWhole, hidden } = wanted;
  if (form.type === 'hierarchical') {
    const few = form.outer.type === 'hierarchical' ? 2 * fewGroups(form.outer) : 2;
    const groups =
      isWhole || typeof form.groups !== 'number' ? form.groups : smaller('groups', form.groups, few);
    const outer = smallForm(form.outer, { ...wanted, experts: runCount(groups) }, smaller);
    const members = Math.min(...runSizes('reportCard', groups, experts));
    const inner = smallForm(form.inner, { ...wanted, experts: members }, smaller);
    const isSame = groups === form.groups && outer === form.outer && inner === form.inner;
    return isSame ? form : { ...form, groups, outer, inner };
  }
  const router = smallRouter(form.router, hidden, smaller);
  const { selection } = form;
  // A selection of all experts would be none.
  const k = selection && smaller('experts per token', selection.k, Math.max(1, experts - 1));
  if (router === form.router && k === selection?.k) return form;
  return { ...form, router, ...(selection && { selection: { ...selection, k: k! } }) };
}

const routerSpecs = (router: Router) => fewestInputs((inputDim) => router.params(inputDim)).specs;
const expertSpecs = (expert: Expert) => fewestInputs((inputDim) => expert.params(inputDim, 1)).specs;

function smallRouter(router: Router, hidden: number, smaller: Smaller): Router {
  const widths = widthsOf(routerTraits(router).units, routerSpecs(router));
  const limited = widths.map((width) => smaller('hidden units', width, hidden));
  if (limited.every((width, i) => width === widths[i])) return router;
  const isSmall = (changed: Router) =>
    isWithin(widthsOf(routerTraits(changed).units, routerSpecs(changed)), hidden);
  return (
    routerWith(router, { hiddenUnits: readRouter(router)?.layers ? limited : limited[0]! }, isSmall) ?? router
  );
}

function smallExpert(expert: Expert, hidden: number, smaller: Smaller): Expert {
  const widths = widthsOf(expertTraits(expert).units, expertSpecs(expert));
  const limited = widths.map((width) => smaller('hidden units', width, hidden));
  if (limited.every((width, i) => width === widths[i])) return expert;
  const layers = readExpert(expert)?.layers;
  const isSmall = (changed: Expert) =>
    isWithin(widthsOf(expertTraits(changed).units, expertSpecs(changed)), hidden);
  const withOption = expertWith(expert, { hiddenUnits: layers ? limited : limited[0]! }, isSmall);
  return withOption ?? (layers ? expertOfLayers({ ...layers, hiddenUnits: limited }) : expert);
}

/** The numbers of hidden units of each layer, by the shapes of what leads to them. */
function widthsOf(
  units: readonly Units[] = [],
  specs: Readonly<Record<string, { readonly shape: readonly number[] }>>,
): number[] {
  const hidden = units.filter(({ outgoing }) => outgoing.length > 0);
  return hidden.map(({ incoming }) => specs[incoming[0]!]!.shape.at(-1)!);
}

const isWithin = (widths: readonly number[], most: number) => widths.every((width) => width <= most);
