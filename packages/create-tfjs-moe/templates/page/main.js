import { answers, inputs, targets, train } from './model.js';

const status = document.querySelector('#status');
const rows = document.querySelector('#answers');

for (let round = 1; round <= 20; round++) {
  const error = await train(5);
  status.textContent = `epoch ${5 * round}: mean squared error ${error.toFixed(4)}`;
  const { predictions, experts } = await answers();
  rows.replaceChildren();
  for (let i = 0; i < inputs.length; i += 20) {
    const row = rows.insertRow();
    const cells = [inputs[i].toFixed(2), targets[i].toFixed(2), predictions[i].toFixed(2), experts[i]];
    for (const cell of cells) row.insertCell().textContent = cell;
  }
}
