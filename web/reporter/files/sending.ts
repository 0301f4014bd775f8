// One file on its way out: slice by slice it is sealed in the Worker and put, so that a Worker's
// memory holds one part, and the page's none. After a lost connection it goes on where it stood, with the very same bytes. A
// second Worker, where there is one, hashes beside the sealing, which is nearly half of the work.
import type { Engine } from '../engine.ts';
import { dearer, paying } from '../paying.ts';
import { Trouble, isUncertain } from '../trouble.ts';
import type { Calls, Frame, Outgoing } from '../wire.ts';
import type { Visit } from '../visit.ts';
import type { ToSend } from './chosen.ts';

interface Pending {
  outgoing: Outgoing;
  frame: Frame;
  /** Bytes of the file that are there once this part is. */
  until: number;
}

/** A file of fewer bytes is sealed before a second Worker has begun. */
const WORTH_HASHING_BESIDE = 4 << 20;

/** Said where the second Worker is lost: what it hashed of the file is lost with it. */
const HASHER_LOST = new Trouble('hasher-lost');
/** Said where somebody has paused. */
const PAUSED = new Trouble('files-paused');

export class FileSending {
  readonly #visit: Pick<Visit, 'engine' | 'putPart'>;
  readonly #followsUp: boolean;
  readonly #what: ToSend;
  #file: number | null = null;
  /** The second Worker, while it hashes this file. */
  #hasher: Engine | null = null;
  /** True once a second Worker was lost: then the one that seals hashes too. */
  #alone = false;
  #pending: Pending | null = null;
  #finished = false;
  #stopped = false;
  #paused = false;
  /** Ends the put that is under way. */
  #put: AbortController | null = null;
  /** Bytes that arrived. */
  sent = 0;

  /** `followsUp`: it goes with a message to a conversation that exists. */
  constructor(visit: Pick<Visit, 'engine' | 'putPart'>, followsUp: boolean, what: ToSend) {
    this.#visit = visit;
    this.#followsUp = followsUp;
    this.#what = what;
  }

  /** Bytes of the file. */
  get size(): number {
    return this.#what.bytes.size;
  }

  /** True where a part may or may not have arrived and nobody has paused: sending again goes on from there. */
  get interrupted(): boolean {
    return this.#pending !== null && !this.#paused;
  }

  /** Ends sending at once and for good. */
  stop(): void {
    this.#stopped = true;
    this.#put?.abort();
    this.#startOver();
  }

  /** Ends sending at once; sending again goes on from there. */
  pause(): void {
    this.#paused = true;
    this.#put?.abort();
  }

  /** Sends what has not arrived yet; gives the number under which a letter names the file. */
  async send(moved: () => void): Promise<number> {
    this.#paused = false;
    try {
      return await this.#goOn(moved);
    } catch (error) {
      if (this.#stopped) throw new Trouble('files-stopped');
      if (error === HASHER_LOST) {
        this.#alone = true;
        this.#startOver();
        if (this.#paused) throw PAUSED;
        return this.send(moved);
      }
      // What was paused is not a connection that was lost.
      if (this.#paused && (this.#pending !== null || error === PAUSED)) throw PAUSED;
      // The Worker counts what it has sealed: without the bytes of the last part, all begins anew.
      if (this.#pending === null) this.#startOver();
      throw error;
    }
  }

  #startOver(): void {
    const file = this.#file;
    for (const worker of [this.#visit.engine, this.#hasher]) {
      if (file !== null) void worker?.call('forget-file', { file }).catch(() => undefined);
    }
    this.#file = null;
    this.#hasher = null;
    this.sent = 0;
  }

  async #goOn(moved: () => void): Promise<number> {
    if (this.#stopped) throw new Trouble('files-stopped');
    const { engine } = this.#visit;
    if (this.#file === null) {
      const hasher = this.#alone || this.size < WORTH_HASHING_BESIDE ? null : engine.second;
      this.#file = (await engine.call('begin-file', { size: this.size, hashed: hasher !== null })).file;
      this.#hasher = hasher;
    }
    const file = this.#file;
    while (!this.#finished) {
      const pending = this.#pending ?? (await this.#next(file));
      if (pending === null) {
        const { name, type, kept_original, removed } = this.#what;
        const sha256 = (await this.#hashing('digest', { file }))?.sha256 ?? null;
        await engine.call('finish-file', { file, about: { name, type, kept_original, removed }, sha256 });
        this.#finished = true;
        break;
      }
      this.#pending = pending;
      await this.#deliver(pending);
      this.#pending = null;
      this.sent = pending.until;
      moved();
    }
    return file;
  }

  async #next(file: number): Promise<Pending | null> {
    if (this.#stopped) throw new Trouble('files-stopped');
    if (this.#paused) throw PAUSED;
    const { engine } = this.#visit;
    const { slice } = await engine.call('file-wants', { file });
    if (slice === null) return null;
    const data = this.#what.bytes.slice(slice.from, slice.until);
    const hashing = this.#hashing('hash-slice', { file, data });
    const composing = engine.call('compose-part', { file, follows_up: this.#followsUp, data });
    const [outgoing] = await Promise.all([composing, hashing]);
    const { frame } = await engine.call('stamp', { envelope: outgoing.envelope });
    return { outgoing, frame, until: slice.until };
  }

  /** Asks the second Worker, where there is one. */
  async #hashing<Op extends 'hash-slice' | 'digest'>(op: Op, args: Calls[Op]['args']): Promise<Calls[Op]['answer'] | null> {
    try {
      return this.#hasher === null ? null : await this.#hasher.call(op, args);
    } catch {
      throw HASHER_LOST;
    }
  }

  async #deliver(pending: Pending): Promise<void> {
    const { engine } = this.#visit;
    const { envelope } = pending.outgoing;
    const put = new AbortController();
    this.#put = put;
    const send = (frame: Frame): Promise<Uint8Array> => this.#visit.putPart(frame, put.signal);
    try {
      const promise = await paying(pending.frame, send, async (bits) => {
        pending.frame = await dearer(engine, envelope, bits);
        return pending.frame;
      });
      await engine.call('verify-promise', { envelope, promise });
    } catch (error) {
      if (!isUncertain(error)) this.#pending = null;
      throw error;
    }
  }
}
