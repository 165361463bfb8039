/** What the benchmark runs inside a browser: subjects that need nothing of Node, on the wasm backend of the page. */
import '@tfjs-moe/wasm';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import type { MeasureInPage, Row, Subject } from '../subject.ts';
import { dispatch } from '../subjects/dispatch.ts';
import { training } from '../subjects/training.ts';

const subjects: readonly Subject[] = [dispatch, training];

const measure: MeasureInPage = async (effort, wasm) => {
  // The backend wants to know all three of its builds, though only one of them is loaded.
  setWasmPaths({
    'tfjs-backend-wasm.wasm': wasm,
    'tfjs-backend-wasm-simd.wasm': wasm,
    'tfjs-backend-wasm-threaded-simd.wasm': wasm,
  });
  await tf.setBackend('wasm');
  await tf.ready();
  const rows: Row[] = [];
  for (const subject of subjects) {
    const own = await subject.measure({ quick: true, effort, log: (text) => console.info(text) });
    rows.push(...own.map((row) => ({ ...row, case: `${subject.name}: ${row.case}` })));
  }
  return rows;
};

Object.assign(globalThis, { measure });
