import type { Determination } from '@tfjs-moe/estimators';

/** Numbers that are shown of a fit. */
const MOST = 12;

/** How well data determine a fit, below the card of its model. */
export function determinationText(of: Determination): string {
  const { verdict, conditionIndex, weakest, numbers, undetermined } = of;
  const place = ({ group, name }: { readonly group: string; readonly name: string }) => `${group}: ${name}`;
  const index = Number.isFinite(conditionIndex) ? conditionIndex.toPrecision(3) : 'infinite';
  const widest = [...numbers].sort((a, b) => b.inflation - a.inflation).slice(0, MOST);
  const length = Math.max(0, ...widest.map((number) => place(number).length));
  return [
    `This fit, with its data: ${verdict}`,
    `  condition index of the information per observation ${index}; above 30 it is weak`,
    ...(undetermined.length === 0 ? [] : [`  not determined: ${undetermined.map(place).join(', ')}`]),
    ...(weakest.length === 0
      ? []
      : [
          `  moves most: ${weakest.map((each) => `${place(each)} (${Math.round(100 * each.share)}%)`).join(', ')}`,
        ]),
    '  width of the 95% interval, and how much of it is owed to what the other numbers leave open',
    ...widest.map(
      (number) =>
        `    ${place(number).padEnd(length)}  ${number.width.toPrecision(3)}  x ${number.inflation.toPrecision(3)}`,
    ),
  ].join('\n');
}
