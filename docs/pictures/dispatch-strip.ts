/** Tokens and their experts under a capacity: who is taken, and who finds the buffer full. */
import { dot, type PlotOptions, rect, text } from '@observablehq/plot';
import { colourOf } from '@tfjs-moe/core/palette';
import { recordRouting } from '@tfjs-moe/layers/trace';
import { linear, mixtureOfExperts, topK } from 'tfjs-moe';
import * as tf from '../live/tf.ts';

const [TOKENS, EXPERTS] = [24, 4];

export interface Place {
  readonly token: number;
  readonly expert: number;
  /** Its number in the expert's buffer, from 0; beyond the capacity there is no room for it. */
  readonly slot: number;
}

export interface Dispatched {
  readonly places: readonly Place[];
  readonly capacity: number;
  /** Share of the tokens without an expert, as the layer counts it. */
  readonly dropped: number;
}

/** One batch through a layer whose buffers have just the room that an even load needs. */
export async function dispatched(): Promise<Dispatched> {
  const moe = mixtureOfExperts({
    ...{ experts: EXPERTS, gate: topK({ k: 1 }), expert: linear(), units: 1, seed: 4 },
    ...{ capacity: { factor: 1 }, dispatch: 'capacity', inputShape: [3] },
  });
  const model = tf.sequential({ layers: [moe] });
  const x = tf.randomNormal([TOKENS, 3], 0, 1, 'float32', 8);
  try {
    const [call] = await recordRouting(model, x);
    const taken = new Array<number>(EXPERTS).fill(0);
    const places = call!.choices.map((chosen, token) => {
      const expert = chosen![0]!;
      return { token, expert, slot: taken[expert]!++ };
    });
    tf.dispose(model.predict(x));
    const capacity = Math.ceil(TOKENS / EXPERTS);
    return { places, capacity, dropped: moe.routingMetrics!.droppedFraction };
  } finally {
    x.dispose();
    model.dispose();
  }
}

export function dispatchPlot({ places, capacity }: Dispatched): PlotOptions {
  const isTaken = ({ slot }: Place) => slot < capacity;
  const full = Array.from({ length: EXPERTS }, (_, expert) => {
    const last = places.find((place) => place.expert === expert && place.slot === capacity - 1);
    const beyond = places.some((place) => place.expert === expert && place.slot >= capacity);
    return { expert, from: (last?.token ?? TOKENS) + 0.5, isFull: last !== undefined && beyond };
  }).filter(({ isFull }) => isFull);
  return {
    ...{ width: 680, height: 210, marginLeft: 64, marginBottom: 34, marginTop: 10, marginRight: 30 },
    style: { background: 'transparent', fontSize: '12px', overflow: 'visible' },
    x: { label: 'token, in the order of the batch', domain: [-0.7, TOKENS - 0.3], ticks: 12, tickSize: 0 },
    y: {
      label: null,
      domain: [-0.5, EXPERTS - 0.5],
      reverse: true,
      ticks: EXPERTS,
      tickSize: 0,
      tickFormat: (e: number) => `expert ${e + 1}`,
    },
    marks: [
      rect(full, {
        ...{ x1: 'from', x2: TOKENS - 0.4, y1: (d: { expert: number }) => d.expert - 0.4 },
        ...{ y2: (d: { expert: number }) => d.expert + 0.4, fill: 'currentColor', fillOpacity: 0.08 },
      }),
      text(full, { x: TOKENS - 0.3, y: 'expert', text: () => 'full', textAnchor: 'start', fontSize: 11 }),
      dot(places, {
        x: 'token',
        y: 'expert',
        r: 8,
        fill: ({ expert }: Place) => colourOf(expert),
        fillOpacity: (place: Place) => (isTaken(place) ? 0.9 : 0.25),
      }),
      dot(
        places.filter((place) => !isTaken(place)),
        { x: 'token', y: 'expert', r: 9, symbol: 'times', stroke: 'currentColor', strokeWidth: 2.4 },
      ),
    ],
  };
}
