import type { ExpertForm, GateForm, RouterForm } from '@tfjs-moe/core';
import { paramSize } from '@tfjs-moe/core';
import { fixedCopies } from '../gauge/fixed-copies.ts';
import { gateGauge } from '../gauge/gate-gauge.ts';
import { levelsOf } from '../gauge/levels.ts';
import { unseenDirections } from '../gauge/unseen.ts';
import type { MeasureShape } from '../measure/mixing-measure.ts';
import { expertTraits, gateTraits, routerTraits } from '../reading/traits-of.ts';
import { familyOf, isCompared, lossOf } from '../voronoi/family.ts';
import type { Answer, DefinitionReader } from './definition.ts';
import { measureChecks } from './measure-checks.ts';

/** What this package makes of a definition: its form, what it does not see of its parameters, and how it is compared. */
export const measuring: DefinitionReader = Object.freeze({
  name: 'measures',
  questions: {
    gate,
    router,
    expert,
    'linear in': linearIn,
    gauge,
    'unseen besides': unseen,
    'Voronoi loss': loss,
  },
  checks: measureChecks,
});

function gate({ gate, experts }: MeasureShape): Answer {
  const { form, sources } = gateTraits(gate, experts);
  return form === undefined ? { says: 'unknown' } : { says: wordsOf(form), source: sources.form };
}

function wordsOf(form: GateForm): string {
  if (form.type === 'hierarchical')
    return `${typeof form.groups === 'number' ? `${form.groups} groups` : `groups of ${form.groups.join(', ')}`}, ${wordsOf(form.outer)}, then ${wordsOf(form.inner)}`;
  const { selection, bias } = form;
  const weighting =
    form.type === 'competitive'
      ? `softmax${form.temperature === undefined ? '' : ' with a temperature'}`
      : `${form.normalized ? 'normalised ' : ''}sigmoid`;
  const chosen =
    selection &&
    `, top-${selection.k} by ${selection.by}${selection.renormalized ? ', divided by their sum' : ''}`;
  return `${weighting}${bias === undefined ? '' : ' with a bias'}${chosen ?? ''}`;
}

function router({ gate, experts }: MeasureShape): Answer {
  const { form } = gateTraits(gate, experts);
  const routers =
    form === undefined ? [gate.router] : levelsOf(form, experts).map((level) => level.form.router);
  const read = routers.flatMap((each) => (each === undefined ? [] : [routerTraits(each)]));
  const words = new Set(read.map(({ form: score }) => (score === undefined ? 'unknown' : endOf(score))));
  if (words.size === 0) return { says: 'unknown' };
  const sources = new Set(read.map((traits) => traits.sources.form));
  return { says: [...words].join(', then '), source: sources.size === 1 ? [...sources][0] : undefined };
}

const endOf = ({ of, activation = 'identity' }: RouterForm): string =>
  `${activation === 'identity' ? 'linear in' : `${activation} of`} ${of === 'input' ? 'the input' : 'features'}`;

function expert({ expert }: MeasureShape): Answer {
  const { form, sources } = expertTraits(expert);
  return form === undefined ? { says: 'no single affine map' } : { says: mapOf(form), source: sources.form };
}

function mapOf({ of, bias, activation = 'identity', degree = 1 }: ExpertForm): string {
  if (of === 'nothing') return 'constant';
  const input = of === 'input' ? 'the input' : 'the direction of the input';
  const map = `affine map of ${input}${bias === undefined ? ' without a bias' : ''}`;
  return `${activation === 'identity' ? '' : `${activation} of an `}${map}${degree === 1 ? '' : `, to the power ${degree}`}`;
}

function linearIn({ expert, inputDim, units = 1 }: MeasureShape): Answer {
  const specs = expert.params(inputDim, units);
  const { linearIn: names, sources } = expertTraits(expert);
  if (names === undefined) return { says: 'none of its numbers' };
  const count = (of: readonly string[]) => of.reduce((sum, name) => sum + paramSize(specs[name]!), 0);
  return { says: `${count(names)} of ${count(Object.keys(specs))} numbers`, source: sources.linearIn };
}

function gauge({ gate, inputDim, experts }: MeasureShape): Answer {
  const specs = gate.params(inputDim, experts);
  const fixed = fixedCopies(gate, inputDim, experts).reduce(
    (sum, { name }) => sum + paramSize(specs[name]!),
    0,
  );
  const { isKnown } = gateGauge(gate, inputDim, experts);
  return { says: `${fixed} numbers are fixed${isKnown ? '' : ', and there may be more'}` };
}

function unseen(shape: MeasureShape): Answer {
  return { says: `${unseenDirections(shape)} directions` };
}

function loss(shape: MeasureShape): Answer {
  return { says: isCompared(shape) ? lossOf[familyOf(shape).family] : 'of the experts alone' };
}
