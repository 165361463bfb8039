/** Gates with groups of unequal sizes: what is read of them, and that the boundaries count and not their number. */
import { defineGate, type GateForm } from '@tfjs-moe/core';
import { linear } from '@tfjs-moe/experts';
import { hierarchical } from '@tfjs-moe/gates';
import { canonical, fixedCopies, gateTraits, type MixingMeasure, predict } from '@tfjs-moe/measures';
import { expect, test } from 'vitest';

const gate = hierarchical({ groups: [2, 3, 1] });

/** The same formula with another declaration, or none. */
function declaring(form?: GateForm) {
  const { config: _, kind: __, role: ___, traits: ____, ...definition } = gate;
  return defineGate('declaring', () => ({ ...definition, config: {}, ...(form && { traits: { form } }) }))();
}
const declared = gate.traits!.form as Extract<GateForm, { type: 'hierarchical' }>;

test('the sizes are found in the formula', () => {
  const { form, sources } = gateTraits(declaring(), 6);
  expect(sources.form).toBe('found');
  expect(form).toMatchObject({ type: 'hierarchical', groups: [2, 3, 1] });
  const tree = hierarchical({ groups: 2, inner: hierarchical({ groups: [1, 2] }) });
  const { traits: _, ...untold } = tree;
  const found = gateTraits(untold as typeof tree, 6).form;
  expect(found).toMatchObject({ groups: 2, inner: { type: 'hierarchical', groups: [1, 2] } });
});

test('a declaration of as many groups with other boundaries is refused', () => {
  expect(gateTraits(declaring(declared), 6).form).toMatchObject({ groups: [2, 3, 1] });
  for (const groups of [[1, 3, 2], [3, 2, 1], 3, 2] as const)
    expect(() => gateTraits(declaring({ ...declared, groups }), 6)).toThrow('it is not what it declares');
  expect(() => gateTraits(declaring({ ...declared, groups: [2, 2, 2] }), 6)).toThrow(
    'must be a number where all groups have the same size',
  );
});

test('the last copy of every group is fixed', () => {
  const copies = fixedCopies(gate, 1, 6).map(({ name, copy }) => `${name} ${copy}`);
  const inner = [1, 4, 5].flatMap((copy) => [`inner/router/kernel ${copy}`, `inner/bias ${copy}`]);
  expect(copies.sort()).toEqual(['outer/router/kernel 2', 'outer/bias 2', ...inner].sort());
});

test('groups of one size change places, others do not, and the function stays', () => {
  const of = (sizes: readonly number[]): MixingMeasure => ({
    gate: hierarchical({ groups: sizes }),
    expert: linear(),
    inputDim: 1,
    experts: 5,
    gateParams: {
      'outer/router/kernel': [0.3, -0.4, 0.9],
      'outer/bias': [0.7, -0.2, -0.6],
      'inner/router/kernel': [0.1, 0.8, -0.5, 0.4, 0.6],
      'inner/bias': [0.5, 0.2, -0.3, 0.9, -0.1],
    },
    expertParams: { kernel: [1, -2, 0.5, 3, -1], bias: [0.1, 0.4, -0.2, 0.6, 0.3] },
  });
  const inputs = [[-1.2], [0.1], [0.9]];
  for (const sizes of [
    [2, 1, 2],
    [1, 3, 1],
    [1, 2, 2],
  ]) {
    const measure = of(sizes);
    const sorted = canonical(measure);
    const digits = (one: MixingMeasure) => Array.from(predict(one, inputs), (y) => y.toFixed(12));
    expect(digits(sorted)).toEqual(digits(measure));
    expect(canonical(sorted)).toEqual(sorted);
  }
});
