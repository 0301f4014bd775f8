// The page's side of the Worker: calls become promises, and a browser without WebAssembly gets the
// other Worker without anybody noticing. A Worker that ends by itself takes all it knew with it;
// nothing is asked of another one until `revive`. Where there is a second processor, a second Worker
// can share the work.
import { blessed, type WorkerAddress } from '../shared/trusted.ts';
import { watchLifeline } from './lifeline.ts';
import { NO_WASM, Trouble, WORKER_GONE } from './trouble.ts';
import { SECOND, type Calls, type Handover, type Operation, type Request, type Response } from './wire.ts';

interface Waiting {
  /** Kept, for the other Worker to answer where this one cannot. */
  request: Request;
  resolve(answer: unknown): void;
  reject(error: Trouble): void;
}

export class Engine {
  #address: WorkerAddress = '/worker.js';
  #worker: Worker | null = null;
  #waiting = new Map<number, Waiting>();
  #next = 1;
  /** True once the Worker has answered anything: what fails then is no browser that forbids it. */
  #alive = false;
  #gone = false;
  #letGo: () => void = () => undefined;
  readonly #given: WebAssembly.Module | null;
  /** The program as the Worker compiled it. */
  #program: WebAssembly.Module | null = null;
  #second: Engine | null = null;
  /** Runs when a Worker that worked has ended, and with it everything it knew. */
  lost: () => void = () => undefined;

  /** True where there is no WebAssembly, so that what is quick elsewhere takes seconds. */
  get slow(): boolean {
    return this.#address === '/plain-worker.js';
  }

  /** `given`: for a second Worker, the program of the first. */
  constructor(given: WebAssembly.Module | null = null) {
    this.#given = given;
  }

  /**
   * A second Worker, with the same program and no secrets; it ends with the first one. Null where there is no
   * WebAssembly or no second processor, and once it was lost.
   */
  get second(): Engine | null {
    if (this.#program === null || (navigator.hardwareConcurrency ?? 1) < 2) return null;
    this.#second ??= new Engine(this.#program);
    return this.#second.#gone ? null : this.#second;
  }

  #start(): Worker {
    if (this.#gone) throw new Trouble(WORKER_GONE);
    if (this.#worker !== null) return this.#worker;
    let worker: Worker;
    try {
      worker = new Worker(blessed(this.#address), this.#given === null ? {} : { name: SECOND });
    } catch {
      throw new Trouble('browser-refused');
    }
    worker.onmessage = (event: MessageEvent<Response>) => this.#settle(event.data);
    // Only of a script that arrived is there anything to say.
    worker.onerror = (event) => this.#ended('message' in event ? undefined : 'unreachable');
    if (this.#given !== null) worker.postMessage({ program: this.#given } satisfies Handover);
    this.#worker = worker;
    return worker;
  }

  /** After a Worker was lost: from now on another one may be asked. */
  revive(): void {
    this.#gone = false;
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
    this.#alive = true;
    if ('lifeline' in response) {
      this.#letGo = watchLifeline(response.lifeline, () => this.#ended());
      return;
    }
    if ('program' in response) {
      this.#program = response.program;
      return;
    }
    const waiting = this.#waiting.get(response.id);
    if (waiting === undefined) return;
    if ('error' in response && response.error.code === NO_WASM && !this.slow && this.#given === null) {
      this.#goOnPlain();
      return;
    }
    if ('error' in response && response.error.code === WORKER_GONE) {
      this.#ended();
      return;
    }
    this.#waiting.delete(response.id);
    if ('error' in response) waiting.reject(new Trouble(response.error.code, response.error.position));
    else waiting.resolve(response.ok);
  }

  /** Nothing was done yet by a Worker that could not even begin: the other one is asked the same. */
  #goOnPlain(): void {
    this.#dismiss();
    this.#address = '/plain-worker.js';
    try {
      const worker = this.#start();
      for (const { request } of this.#waiting.values()) worker.postMessage(request);
    } catch {
      this.#ended();
    }
  }

  #dismiss(): void {
    this.#letGo();
    this.#letGo = () => undefined;
    this.#worker?.terminate();
    this.#worker = null;
    this.#alive = false;
    this.#second?.kill();
    this.#second = null;
    this.#program = null;
  }

  /** The Worker has ended by itself, or never began (why: `otherwise`): what was asked of it will not be answered. */
  #ended(otherwise = 'browser-refused'): void {
    this.#gone = this.#alive;
    this.#dismiss();
    const unanswered = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of unanswered) reject(new Trouble(this.#gone ? WORKER_GONE : otherwise));
    if (this.#gone) this.lost();
  }

  /** One call of the Worker. Rejects with a `Trouble`. */
  call<Op extends Operation>(
    op: Op,
    args: Calls[Op]['args'],
  ): Promise<Calls[Op]['answer']> {
    return new Promise((resolve, reject) => {
      const request: Request<Op> = { id: this.#next++, op, args };
      const settled = (answer: unknown): void => resolve(answer as Calls[Op]['answer']);
      this.#waiting.set(request.id, { request, resolve: settled, reject });
      try {
        this.#start().postMessage(request);
      } catch (error) {
        this.#waiting.delete(request.id);
        reject(error instanceof Trouble ? error : new Trouble('browser-refused'));
      }
    });
  }

  /** Ends the Worker and all it knows, at once. */
  kill(): void {
    this.#dismiss();
    this.#waiting.clear();
  }
}
