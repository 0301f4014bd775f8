// One visit: what was loaded and verified, and the promise that every visit looks the same on
// the line: load, one fetch, one put, whether something is said or not, and one more load when
// the put's epoch has closed. Whoever does more in one sitting makes several visits.
import { Engine } from './engine.ts';
import { dearer, paying } from './paying.ts';
import { Records, type React } from './records.ts';
import { Retry } from './retry.ts';
import { fetchPart, fetchRecords, published, put, putPart } from './server.ts';
import { sentenceFor, Trouble, WORKER_GONE } from './trouble.ts';
import type { Frame, Opened, Outgoing, PublicView } from './wire.ts';

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
/** How often another Worker takes over by itself. Where this one ends as well, a person is asked to try. */
const TAKEOVERS = 3;

function secondsNow(): number {
  return Math.floor(Date.now() / 1000);
}

/** A random number of milliseconds in which the decoy of a visit leaves. */
export function decoyDelay(random: number): number {
  return Math.round((DECOY_FROM + random * (DECOY_UNTIL - DECOY_FROM)) * 1000);
}

/** A random number from 0 to below 1 that nobody can foresee. */
export function randomFraction(): number {
  const cell = new Uint32Array(1);
  crypto.getRandomValues(cell);
  return (cell[0] ?? 0) / 2 ** 32;
}

export class Visit {
  readonly engine = new Engine();
  readonly #records = new Records({
    reload: () => this.#reload(),
    ask: async (envelope) => (await this.engine.call('record', { envelope })).record,
    random: randomFraction,
  });
  standing: Standing = { is: 'loading' };
  /** Says whether somebody is in the middle of writing: then the decoy waits for them. */
  isWriting: () => boolean = () => false;
  #watchers: (() => void)[] = [];
  #fetched = false;
  #said = false;
  #decoy: ReturnType<typeof setTimeout> | undefined;
  /** The decoy that is on its way; what a person sends comes after it. */
  #leaving: Promise<void> = Promise.resolve();
  #mourners: (() => void)[] = [];
  #takeovers = 0;
  #over = false;
  #opening: Promise<void> | null = null;
  readonly #again = new Retry(() => void this.open());
  /** Requests that have not been answered yet. */
  #underWay = new Set<Promise<unknown>>();

  constructor() {
    this.engine.lost = () => this.#lose();
  }

  /** Runs `react` now and whenever the standing changes. */
  watch(react: () => void): void {
    this.#watchers.push(react);
    react();
  }

  /** Runs `react` when the Worker was lost: codename, keys and sealed letters with it, nothing typed. */
  watchLoss(react: () => void): void {
    this.#mourners.push(react);
  }

  #lose(): void {
    clearTimeout(this.#decoy);
    this.#records.forget();
    for (const react of this.#mourners) react();
    this.#leaving = this.#takeOver();
  }

  /** Begins a visit anew with another Worker, when nothing is under way any more that the lost one began. */
  async #takeOver(): Promise<void> {
    do {
      await Promise.allSettled(this.#underWay);
      // Whoever waited for an answer learns now that nobody is there to open it.
      await new Promise((later) => setTimeout(later));
    } while (this.#underWay.size > 0);
    if (this.#takeovers === TAKEOVERS) return this.#become({ is: 'trouble', error: new Trouble(WORKER_GONE) });
    this.#takeovers += 1;
    this.#fetched = false;
    this.#said = false;
    await this.open();
  }

  #answered<Answer>(request: Promise<Answer>): Promise<Answer> {
    this.#underWay.add(request);
    const done = (): boolean => this.#underWay.delete(request);
    request.then(done, done);
    return request;
  }

  #become(standing: Standing): void {
    this.standing = standing;
    for (const react of this.#watchers) react();
  }

  /**
   * Loads and verifies everything a visit needs; afterwards `standing` says how it went. Where it
   * did not go well it is tried again by itself, and what is wrong stands until then.
   */
  open(): Promise<void> {
    this.#opening ??= this.#open().finally(() => (this.#opening = null));
    return this.#opening;
  }

  async #open(): Promise<void> {
    this.engine.revive();
    this.engine.warm();
    try {
      const { sealable, view } = await this.#load(LOADS);
      this.#again.done();
      this.#become({ is: sealable ? 'ready' : 'expired', view });
      if (sealable) this.#planDecoy();
    } catch (error) {
      if (this.#over) return;
      this.#again.plan();
      // A screen reader would read the same sentence out again and again.
      const known = this.standing.is === 'trouble' && sentenceFor(this.standing.error) === sentenceFor(error);
      if (!known) this.#become({ is: 'trouble', error });
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

  /** Loads once more in the middle of a visit. What is on the page stays where that fails. */
  async #reload(): Promise<void> {
    const { sealable, view } = await this.#load(LOADS);
    if (!sealable) throw new Trouble('roster-expired');
    this.#become({ is: 'ready', view });
  }

  /** The next visit: everything loaded anew, one fetch and one put ahead. */
  async #nextVisit(): Promise<void> {
    await this.#leaving;
    await this.#reload();
    await this.#records.check();
    this.#fetched = false;
    this.#said = false;
    this.#planDecoy();
  }

  /** To be called before something is sealed: where this visit has had its put, the next one begins. */
  async beforePut(): Promise<void> {
    await this.#leaving;
    this.ready();
    if (this.#said) await this.#nextVisit();
  }

  /** To be called before somebody looks: where this visit has had its fetch, the next one begins. */
  async beforeLook(): Promise<void> {
    await this.#leaving;
    this.ready();
    if (this.#fetched) await this.#nextVisit();
  }

  /** The verified view, or the reason why there is none. */
  ready(): PublicView {
    if (this.standing.is === 'ready') return this.standing.view;
    if (this.standing.is === 'expired') throw new Trouble('roster-expired');
    throw this.standing.is === 'trouble' ? this.standing.error : new Trouble('unreachable');
  }

  /** Fetches what the mailbox asks for. */
  async fetch(request: Uint8Array): Promise<Uint8Array> {
    const answer = await this.#fetchPaying(request, fetchRecords);
    this.#fetched = true;
    return answer;
  }

  /** Puts a stamped frame and gives the server's answer. */
  async put(frame: Frame): Promise<Uint8Array> {
    this.#said = true;
    clearTimeout(this.#decoy);
    return this.#answered(put(frame));
  }

  /** Puts a part of a file. Files are beside the shape of a visit: that there are some can be seen. */
  putPart(frame: Frame, stop?: AbortSignal): Promise<Uint8Array> {
    return this.#answered(putPart(frame, stop));
  }

  /** Fetches a part of a file. */
  fetchPart(request: Uint8Array, stop?: AbortSignal): Promise<Blob> {
    return this.#fetchPaying(request, (paid) => fetchPart(paid, stop));
  }

  /** With a dearer stamp it asks for the very same slots: others would show which of them are wanted. */
  #fetchPaying<Answer>(request: Uint8Array, ask: (paid: Uint8Array) => Promise<Answer>): Promise<Answer> {
    return paying(request, (paid) => this.#answered(ask(paid)), async (bits) => {
      const paid = await this.engine.call('pay-fetch', { request, bits });
      return paid.request;
    });
  }

  /** Looks whether a sent envelope is recorded, once the epoch that the server signed for has closed. */
  expectRecord(envelope: number, epoch: number, react: React): void {
    this.#records.expect(envelope, epoch, this.ready().epoch_seconds, react);
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
    this.#decoy = setTimeout(() => this.#letDecoyLeave(), decoyDelay(randomFraction()));
  }

  #letDecoyLeave(): void {
    if (this.#said) return;
    if (this.isWriting()) this.#planDecoy();
    else this.#leaving = this.#sendDecoy();
  }

  async #sendDecoy(): Promise<void> {
    this.#said = true;
    try {
      await this.coverFetch();
      const { envelope }: Outgoing = await this.engine.call('compose-decoy', {});
      const { frame } = await this.engine.call('stamp', { envelope });
      // Paid for like what a person sends: both must look alike.
      const promise = await paying(frame, put, (bits) => dearer(this.engine, envelope, bits));
      const { epoch } = await this.engine.call('verify-promise', { envelope, promise });
      this.expectRecord(envelope, epoch, () => undefined);
    } catch {
      // A decoy that fails is nobody's concern.
    }
  }

  /** Forgets everything, for quick exit. */
  wipe(): void {
    this.#over = true;
    this.#again.done();
    clearTimeout(this.#decoy);
    this.#records.forget();
    this.engine.kill();
    this.standing = { is: 'loading' };
  }
}
