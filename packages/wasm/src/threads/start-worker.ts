import { NODE_WORKER, PAGE_WORKER } from './worker-source.ts';

/** What a worker needs to begin. */
export interface WorkerData {
  readonly words: SharedArrayBuffer;
  readonly memory: WebAssembly.Memory;
  readonly module: WebAssembly.Module;
  /** Address of its own work space. */
  readonly workspace: number;
  /** Names of the kernels, by their numbers. */
  readonly kernels: readonly string[];
}

export interface RunningWorker {
  terminate(): void;
}

interface NodeWorker {
  on(event: 'error' | 'exit', listener: (reason: unknown) => void): void;
  unref(): void;
  terminate(): Promise<unknown>;
}

interface WorkerThreads {
  readonly Worker: new (
    source: string,
    options: { eval: true; workerData: WorkerData; execArgv: string[]; name: string },
  ) => NodeWorker;
}

/** A static import of a module of Node would not load in a browser. */
function workerThreads(): WorkerThreads | undefined {
  const { process } = globalThis as {
    process?: { versions?: { node?: string }; getBuiltinModule?(name: string): unknown };
  };
  if (process?.versions?.node === undefined) return undefined;
  return process.getBuiltinModule?.('node:worker_threads') as WorkerThreads | undefined;
}

/**
 * Starts a worker, in Node and in browsers. It announces itself on the board; `failed` is called if it cannot start or ends by itself. Throws
 * where workers are forbidden at once, as some pages do by their Content-Security-Policy.
 */
export function startWorker(data: WorkerData, failed: (reason: string) => void): RunningWorker {
  const node = workerThreads();
  return node === undefined ? startInPage(data, failed) : startInNode(node, data, failed);
}

function startInNode(
  { Worker }: WorkerThreads,
  workerData: WorkerData,
  failed: (reason: string) => void,
): RunningWorker {
  // Without the flags of this process: they may load what a worker has no use for.
  const worker = new Worker(NODE_WORKER, { eval: true, workerData, execArgv: [], name: 'tfjs-moe' });
  let ended = false;
  worker.on('error', (error) => failed(String(error)));
  worker.on('exit', () => {
    if (!ended) failed('a worker ended');
  });
  // The process may end whenever it has nothing else to do.
  worker.unref();
  return {
    terminate() {
      ended = true;
      void worker.terminate();
    },
  };
}

function startInPage(data: WorkerData, failed: (reason: string) => void): RunningWorker {
  const url = URL.createObjectURL(new Blob([PAGE_WORKER], { type: 'text/javascript' }));
  const worker = new Worker(url, { name: 'tfjs-moe' });
  worker.onerror = (event) => {
    event.preventDefault();
    failed(event.message || 'the page does not allow a worker from a blob: address');
  };
  worker.postMessage(data);
  return {
    terminate() {
      worker.terminate();
      URL.revokeObjectURL(url);
    },
  };
}
