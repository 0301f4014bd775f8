// Going on by itself after a connection broke: what may or may not have arrived is sent again, after
// longer and longer pauses, and at once when the browser says that it is online again.

/** Milliseconds before each further try; the last one holds for all that follow. */
const PAUSES = [5_000, 15_000, 30_000, 60_000];

export class Retry {
  #tries = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #work: () => void;
  readonly #online = (): void => this.#now();

  constructor(work: () => void) {
    this.#work = work;
  }

  /** Tries again a little later. */
  plan(): void {
    this.#stop();
    const pause = PAUSES[Math.min(this.#tries, PAUSES.length - 1)];
    this.#tries += 1;
    this.#timer = setTimeout(() => this.#now(), pause);
    globalThis.addEventListener?.('online', this.#online);
  }

  #now(): void {
    this.#stop();
    this.#work();
  }

  #stop(): void {
    clearTimeout(this.#timer);
    globalThis.removeEventListener?.('online', this.#online);
  }

  /** It went well, or there is nothing to try again. */
  done(): void {
    this.#stop();
    this.#tries = 0;
  }
}
