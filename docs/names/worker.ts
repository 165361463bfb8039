/** Owns TensorFlow.js and the model: a keystroke never waits for either. */
import type { Answer, Question } from './messages.ts';
import file from './model.json';
import { modelOf, type NamesFile, routed } from './model.ts';
import address from './weights.bin?url';

let model: ReturnType<typeof modelOf> | undefined;
let newest = 0;

addEventListener('message', ({ data }: MessageEvent<Question>) => {
  newest = data.number;
  void answer(data);
});

async function answer({ number, text }: Question): Promise<void> {
  try {
    model ??= read();
    const ready = await model;
    // Only what is still asked for, where somebody types faster than the model reads.
    if (number === newest) send({ number, routed: await routed(ready, file as NamesFile, text) });
  } catch (error) {
    model = undefined;
    send({ number, problem: error instanceof Error ? error.message : String(error) });
  }
}

async function read(): ReturnType<typeof modelOf> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`the weights could not be loaded (${response.status})`);
  return modelOf(file as NamesFile, new Uint8Array(await response.arrayBuffer()));
}

function send(message: Answer): void {
  postMessage(message);
}
