// The page's side of the Worker: calls become promises, long work reports progress.
import { workerAddress } from '../shared/trusted.ts';
import { Trouble } from './trouble.ts';
import type { Calls, Operation, Response } from './wire.ts';

interface Waiting {
  resolve(answer: unknown): void;
  reject(error: Trouble): void;
  progress: ((tries: number) => void) | undefined;
}

export class Engine {
  #worker: Worker | null = null;
  #waiting = new Map<number, Waiting>();
  #next = 1;

  #start(): Worker {
    if (this.#worker !== null) return this.#worker;
    let worker: Worker;
    try {
      worker = new Worker(workerAddress());
    } catch {
      throw new Trouble('browser-refused');
    }
    worker.onmessage = (event: MessageEvent<Response>) => this.#settle(event.data);
    worker.onerror = () => this.#giveUp();
    this.#worker = worker;
    return worker;
  }

  /** Lets the Worker load before it is needed. Where it cannot, the first call says so. */
  warm(): void {
    try {
      this.#start();
    } catch {
      // See above.
    }
  }

  #settle(response: Response): void {
    const waiting = this.#waiting.get(response.id);
    if (waiting === undefined) return;
    if ('progress' in response) {
      waiting.progress?.(response.progress);
      return;
    }
    this.#waiting.delete(response.id);
    if ('error' in response) waiting.reject(new Trouble(response.error.code, response.error.position));
    else waiting.resolve(response.ok);
  }

  #giveUp(): void {
    for (const waiting of this.#waiting.values()) waiting.reject(new Trouble('browser-refused'));
    this.#waiting.clear();
    this.#worker?.terminate();
    this.#worker = null;
  }

  /** One call of the Worker. Rejects with a `Trouble`. */
  call<Op extends Operation>(
    op: Op,
    args: Calls[Op]['args'],
    progress?: (tries: number) => void,
  ): Promise<Calls[Op]['answer']> {
    return new Promise((resolve, reject) => {
      const id = this.#next++;
      this.#waiting.set(id, { resolve: (answer) => resolve(answer as Calls[Op]['answer']), reject, progress });
      try {
        this.#start().postMessage({ id, op, args });
      } catch (error) {
        this.#waiting.delete(id);
        reject(error instanceof Trouble ? error : new Trouble('browser-refused'));
      }
    });
  }

  /** Ends the Worker and all it knows, at once. */
  kill(): void {
    this.#worker?.terminate();
    this.#worker = null;
    this.#waiting.clear();
  }
}
