/** The tables of options say what the types say. */
import { expect, test } from 'vitest';
import { optionTable } from '../build/option-container.ts';
import { optionsOf } from '../build/option-table.ts';

const topK = new Map(optionsOf('TopKOptions').map((option) => [option.name, option]));

test('own and inherited options are there', () => {
  expect([...topK.keys()]).toEqual(expect.arrayContaining(['k', 'weighting', 'router', 'useBias']));
});

test('the default is taken out of the comment', () => {
  expect(topK.get('k')).toEqual({
    name: 'k',
    type: 'number',
    required: false,
    byDefault: '2',
    description: 'Number of experts per token, from 1 to the number of experts.',
  });
});

test('a list of names is spelt out', () => {
  expect(topK.get('renormalize')?.type).toBe("'beforeDrop' | 'afterDrop' | 'never'");
  expect(optionsOf('SwitchLossOptions').find(({ name }) => name === 'scaling')).toMatchObject({
    type: "'top1' | 'sumOverK' | 'meanOverK'",
    byDefault: "'meanOverK'",
  });
});

test('an option without a default is required', () => {
  const table = optionTable(optionsOf('HierarchicalOptions'));
  expect(table).toMatch(/^\| `groups` \| Number of equal groups, .*<small>`.+` · required<\/small> \|$/m);
  expect(table).toMatch(/^\| `inner` \| .* · default `softmax\(\)`<\/small> \|$/m);
});

test('options of tfjs itself are left out', () => {
  const names = optionsOf('MixtureOfExpertsArgs').map(({ name }) => name);
  expect(names).toContain('experts');
  expect(names).not.toContain('inputShape');
});

test('an unknown type stops the build', () => {
  expect(() => optionsOf('NoSuchOptions')).toThrow('no exported interface or type NoSuchOptions');
});
