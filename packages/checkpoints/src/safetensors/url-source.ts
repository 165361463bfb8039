import { type ByteSource, checked } from './byte-source.ts';
import { wrongAt } from './place.ts';

/** Options of `urlSource`. */
export interface UrlSourceOptions {
  /** Sent with every request, for example an authorization. */
  readonly headers?: Readonly<Record<string, string>>;
  /** In the place of the global `fetch`. */
  readonly fetch?: typeof fetch;
  /** Ends the requests. */
  readonly signal?: AbortSignal;
}

/**
 * A file behind a URL, read by Range requests: only what is asked for travels. A server that answers with the whole file is
 * refused before its body is read, and so is a file that changed between two requests.
 *
 * @throws MoeError for an answer other than 206, or one without its range: across origins, the server must expose
 * `Content-Range` (`Access-Control-Expose-Headers`)
 */
export async function urlSource(url: string | URL, options: UrlSourceOptions = {}): Promise<ByteSource> {
  const file = shortName(url);
  const request = options.fetch ?? fetch;
  let version: string | undefined;

  async function ask(begin: number, end: number): Promise<{ bytes: Uint8Array; size: number }> {
    const place = { file, byte: begin };
    const answer = await request(url, {
      headers: { ...options.headers, Range: `bytes=${begin}-${end - 1}` },
      ...(options.signal && { signal: options.signal }),
    }).catch((error: unknown) => {
      throw wrongAt(place, `the request failed: ${(error as Error)?.message ?? error}`);
    });
    const range = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(answer.headers.get('Content-Range') ?? '');
    if (answer.status !== 206 || range === null) {
      await answer.body?.cancel();
      const rule =
        answer.status === 206
          ? 'the answer must have a Content-Range that names its size'
          : 'the server must answer a Range request with 206';
      throw wrongAt(place, rule, answer.status === 206 ? answer.headers.get('Content-Range') : answer.status);
    }
    const [, first, last, size] = range.map(Number);
    const seen = `${size} ${answer.headers.get('ETag') ?? ''}`;
    const isOther = first !== begin || last! > end - 1;
    if (isOther || (version !== undefined && version !== seen)) {
      await answer.body?.cancel();
      const rule = isOther ? `bytes ${begin} to ${end - 1} were asked for` : 'the file changed meanwhile';
      throw wrongAt(place, rule, isOther ? range[0] : seen);
    }
    version = seen;
    return { bytes: await bodyOf(answer, last! - first! + 1, place), size: size! };
  }

  // Some servers take a range of the first byte alone for the whole file; the first 8 are needed anyway.
  const { size, bytes: start } = await ask(0, 8);
  const isStart = (begin: number, end: number) => begin === 0 && end === start.length;
  const read = async (begin: number, end: number) =>
    isStart(begin, end) ? start : (await ask(begin, end)).bytes;
  return checked({ name: file, size, read });
}

/** The body, which may be no longer than the range that it was said to be. */
async function bodyOf(answer: Response, length: number, place: { file: string; byte: number }) {
  const bytes = new Uint8Array(length);
  let done = 0;
  const reader = answer.body?.getReader();
  for (;;) {
    const next = await reader?.read();
    if (next === undefined || next.done) break;
    if (done + next.value.length > length) {
      await reader?.cancel();
      throw wrongAt(place, `the answer has more than the ${length} bytes that it names`);
    }
    bytes.set(next.value, done);
    done += next.value.length;
  }
  if (done < length) throw wrongAt(place, `the answer ended early, after ${done} of ${length} bytes`);
  return bytes;
}

function shortName(url: string | URL): string {
  const text = String(url).replace(/[?#].*$/s, '');
  return text.slice(text.lastIndexOf('/') + 1) || text;
}
