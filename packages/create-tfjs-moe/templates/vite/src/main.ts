import { train } from './model.ts';
import { points } from './points.ts';

const status = document.querySelector<HTMLParagraphElement>('#status')!;
const picture = document.querySelector<SVGSVGElement>('#picture')!;
const again = document.querySelector<HTMLButtonElement>('#again')!;

async function draw() {
  const circles = (await points()).map(({ cx, cy, fill }) => {
    const circle = document.createElementNS('http://www.w3.org/2000/svg', 'circle');
    const attributes = fill ? { cx, cy, r: 2, fill } : { cx, cy, r: 1.5, class: 'target' };
    for (const [name, value] of Object.entries(attributes)) circle.setAttribute(name, String(value));
    return circle;
  });
  picture.replaceChildren(...circles);
}

let epochs = 0;
async function trainAndDraw() {
  again.disabled = true;
  for (let round = 0; round < 20; round++) {
    const error = await train(5);
    epochs += 5;
    status.textContent = `epoch ${epochs}: mean squared error ${error.toFixed(4)}`;
    await draw();
  }
  again.disabled = false;
}

again.addEventListener('click', trainAndDraw);
await draw();
await trainAndDraw();
