// One visit: what was loaded and verified, and the promise that every visit looks the
// same on the line: one fetch, one put, whether something is said or not.
import { Engine } from './engine.ts';
import { fetchRecords, published, put } from './server.ts';
import { Trouble } from './trouble.ts';
import type { Opened, Outgoing, PublicView } from './wire.ts';

export type Standing =
  | { is: 'loading' }
  | { is: 'ready'; view: PublicView }
  /** Authentic but expired: its helplines still hold, its readers do not. */
  | { is: 'expired'; view: PublicView }
  | { is: 'trouble'; error: unknown };

/** An epoch may close between two requests; then the files belong together at the next try. */
const LOADS = 4;
/** The decoy leaves at a random moment between these, in seconds. */
const DECOY_FROM = 20;
const DECOY_UNTIL = 150;

function secondsNow(): number {
  return Math.floor(Date.now() / 1000);
}

/** A random number of milliseconds in which the decoy of a visit leaves. */
export function decoyDelay(random: number): number {
  return Math.round((DECOY_FROM + random * (DECOY_UNTIL - DECOY_FROM)) * 1000);
}

function randomFraction(): number {
  const cell = new Uint32Array(1);
  crypto.getRandomValues(cell);
  return (cell[0] ?? 0) / 2 ** 32;
}

export class Visit {
  readonly engine = new Engine();
  standing: Standing = { is: 'loading' };
  /** Says whether somebody is in the middle of writing: then the decoy waits. */
  isWriting: () => boolean = () => false;
  #watchers: (() => void)[] = [];
  #fetched = false;
  #said = false;
  #decoy: ReturnType<typeof setTimeout> | undefined;

  /** Runs `react` now and whenever the standing changes. */
  watch(react: () => void): void {
    this.#watchers.push(react);
    react();
  }

  #become(standing: Standing): void {
    this.standing = standing;
    for (const react of this.#watchers) react();
  }

  /** Loads and verifies everything a visit needs; afterwards `standing` says how it went. */
  async open(): Promise<void> {
    if (this.standing.is !== 'ready') this.#become({ is: 'loading' });
    try {
      const { sealable, view } = await this.#load(LOADS);
      this.#become({ is: sealable ? 'ready' : 'expired', view });
      if (sealable) this.#planDecoy();
    } catch (error) {
      this.#become({ is: 'trouble', error });
    }
  }

  async #load(tries: number): Promise<Opened> {
    try {
      return await this.engine.call('open', { ...(await published()), now: secondsNow() });
    } catch (error) {
      if (!(error instanceof Trouble) || error.code !== 'mismatch' || tries <= 1) throw error;
      return this.#load(tries - 1);
    }
  }

  /** The verified view, or the reason why there is none. */
  ready(): PublicView {
    if (this.standing.is === 'ready') return this.standing.view;
    if (this.standing.is === 'expired') throw new Trouble('roster-expired');
    throw this.standing.is === 'trouble' ? this.standing.error : new Trouble('unreachable');
  }

  /** Fetches what the mailbox asks for. */
  async fetch(request: Uint8Array): Promise<Uint8Array> {
    const answer = await fetchRecords(request);
    this.#fetched = true;
    return answer;
  }

  /** Puts a stamped frame and gives the server's answer. */
  async put(frame: Uint8Array): Promise<Uint8Array> {
    this.#said = true;
    clearTimeout(this.#decoy);
    return put(frame);
  }

  /** Makes the one fetch of a visit that has nothing to look up. It must not keep a report from leaving. */
  async coverFetch(): Promise<void> {
    if (this.#fetched) return;
    try {
      const { request } = await this.engine.call('cover-fetch', {});
      await this.fetch(request);
    } catch {
      // A missing cover is a smaller harm than a report that stays behind.
    }
  }

  #planDecoy(): void {
    clearTimeout(this.#decoy);
    if (this.#said) return;
    this.#decoy = setTimeout(() => void this.#sendDecoy(), decoyDelay(randomFraction()));
  }

  async #sendDecoy(): Promise<void> {
    if (this.#said) return;
    if (this.isWriting()) {
      this.#planDecoy();
      return;
    }
    this.#said = true;
    try {
      await this.coverFetch();
      const outgoing: Outgoing = await this.engine.call('compose-decoy', {});
      const { frame } = await this.engine.call('stamp', outgoing);
      await put(frame);
    } catch {
      // A decoy that fails is nobody's concern.
    }
  }

  /** Forgets everything, for quick exit. */
  wipe(): void {
    clearTimeout(this.#decoy);
    this.engine.kill();
    this.standing = { is: 'loading' };
  }
}
