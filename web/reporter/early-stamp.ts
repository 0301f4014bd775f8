// The stamp of a report is found while somebody still types, so that nobody waits for it after
// pressing the button: its slot follows from the 12 words alone.
import type { Engine } from './engine.ts';

export class EarlyStamp {
  readonly #engine: Pick<Engine, 'call'>;
  readonly #words: () => Promise<unknown>;
  #begun = false;

  /** `words` makes the 12 words, once. */
  constructor(engine: Pick<Engine, 'call'>, words: () => Promise<unknown>) {
    this.#engine = engine;
    this.#words = words;
  }

  /** Begins to look, the first time it is called. Where that fails, sending looks for it. */
  begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    void this.#search().catch(() => {
      this.#begun = false;
    });
  }

  /** One slice a call, so that the Worker answers everything else in between. */
  async #search(): Promise<void> {
    await this.#words();
    let found = false;
    while (!found) ({ found } = await this.#engine.call('early-stamp', {}));
  }
}
