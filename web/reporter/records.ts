// "Recorded": when the epoch of a put has closed, everything that every visit loads is loaded
// once more, and the envelope must stand in the index. Decoys are looked after in the same way,
// so that nobody learns from the loading who wrote something.
import type { RecordState } from './wire.ts';

/** Told once, when it is known. */
export type React = (record: Exclude<RecordState, 'not-yet'>) => void;

interface Means {
  /** Loads and verifies anew. */
  reload(): Promise<void>;
  /** What the newest verified index says about an envelope. */
  ask(envelope: number): Promise<RecordState>;
  /** From 0 to below 1. */
  random(): number;
}

/** The server needs a moment to close an epoch; visitors do not all come in the same one. */
const SLACK_SECONDS = 1;
const SPREAD_SECONDS = 60;
/** Timers that are set for longer than 24 days fire at once. */
const LONGEST_WAIT = 86_400_000;
/** How often it is looked again where the server is late or cannot be reached. */
const LOOKS = 5;

/**
 * Milliseconds to wait at `now` (Unix milliseconds) until an epoch has closed, a random moment
 * included; after `looks` looks in vain, always longer.
 */
export function waitFor(epoch: number, epochSeconds: number, now: number, random: number, looks: number): number {
  const closes = (epoch + 1) * epochSeconds * 1000;
  const spread = random * Math.min(SPREAD_SECONDS, epochSeconds / 2) * 1000;
  const late = looks * Math.max(2_000, epochSeconds * 100);
  return Math.min(LONGEST_WAIT, Math.max(0, closes - now) + SLACK_SECONDS * 1000 + spread + late);
}

export class Records {
  readonly #means: Means;
  #waiting = new Map<number, React>();
  #timers = new Set<ReturnType<typeof setTimeout>>();

  constructor(means: Means) {
    this.#means = means;
  }

  /** Looks after an envelope that the server promised to record in `epoch`. */
  expect(envelope: number, epoch: number, epochSeconds: number, react: React): void {
    this.#waiting.set(envelope, react);
    this.#plan(envelope, epoch, epochSeconds, 0);
  }

  #plan(envelope: number, epoch: number, epochSeconds: number, looks: number): void {
    const wait = waitFor(epoch, epochSeconds, Date.now(), this.#means.random(), looks);
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      void this.#look(envelope).then((known) => {
        if (!known && looks + 1 < LOOKS) this.#plan(envelope, epoch, epochSeconds, looks + 1);
      });
    }, wait);
    this.#timers.add(timer);
  }

  /** True where nothing is left to look for. */
  async #look(envelope: number): Promise<boolean> {
    if (!this.#waiting.has(envelope)) return true;
    try {
      await this.#means.reload();
    } catch {
      // Nobody asked for this look: it fails quietly, and is made again.
      return false;
    }
    await this.check();
    return !this.#waiting.has(envelope);
  }

  /** Asks about everything that waits; to be called after anything was loaded anew. */
  async check(): Promise<void> {
    for (const [envelope, react] of [...this.#waiting]) {
      try {
        const record = await this.#means.ask(envelope);
        if (record === 'not-yet') continue;
        this.#waiting.delete(envelope);
        react(record);
      } catch {
        // The Worker is gone, or was given other words meanwhile.
        this.#waiting.delete(envelope);
      }
    }
  }

  /** Looks for nothing any more. */
  forget(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#waiting.clear();
  }
}
