/** What the programs of this repository share. */

// From the first word to the exit status.
export { type Lock, type LockOptions, takeLock } from './lock/take-lock.ts';
// Words of a command line.
export { didYouMean, nearest } from './options/did-you-mean.ts';
export { optionHelp } from './options/option-help.ts';
export {
  expectNoWords,
  type Flag,
  type Given,
  type OptionTable,
  readOptions,
  type Valued,
  type Words,
} from './options/read-options.ts';
export { decimal, integer, oneOf, positive, type Reader, text } from './options/values.ts';
export { restated } from './program/restated.ts';
export { runProgram } from './program/run-program.ts';
export { type Stop, stopOnSignals } from './program/stop.ts';
// Files that are read.
export { readBytes, readText } from './reading/read-file.ts';
// Files that are written.
export { escapeHtml } from './writing/escape-html.ts';
export { expectOutput, expectOutputFolder, type OutputCheck } from './writing/expect-output.ts';
export { exitStatusOf, fileError, machineError } from './writing/failure.ts';
export { type FileSystem, nodeFileSystem } from './writing/file-system.ts';
export { type HtmlDocument, htmlDocument } from './writing/html-document.ts';
export { jsonText } from './writing/json-text.ts';
export { type LineFile, type LineFileOptions, openLineFile } from './writing/line-file.ts';
export { makeFolder } from './writing/make-folder.ts';
// Standard output and standard error.
export { type Output, standardTerminal, type Terminal } from './writing/output.ts';
export type { FilePath, ReplaceOptions } from './writing/pending-files.ts';
export { type Content, type NewFile, replaceFile, replaceFiles } from './writing/replace-file.ts';
export { type StreamedFile, type StreamOptions, streamFiles } from './writing/stream-files.ts';
export { withTemporaryFolder } from './writing/temporary-folder.ts';
