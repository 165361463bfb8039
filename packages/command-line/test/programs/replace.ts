/** Replaces a file by a text that takes long to come, and says when it is half-way. */
import { writeSync } from 'node:fs';
import { replaceFile } from '../../src/index.ts';

const [path = ''] = process.argv.slice(2);

function* parts(): Generator<string> {
  yield 'first half, ';
  writeSync(1, 'half-way\n');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 400);
  yield 'second half\n';
}

replaceFile('replace', { path, content: parts() });
// Nobody else listens: a signal that came meanwhile ends the program in the next turn of the loop.
setTimeout(() => writeSync(1, 'went on\n'), 1000);
