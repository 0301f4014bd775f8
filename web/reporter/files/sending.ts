// One file on its way out: slice by slice it is sealed in the Worker and put, so that memory holds
// two parts at most. After a lost connection it goes on where it stood, with the very same bytes.
import { dearer, paying } from '../paying.ts';
import { Trouble, isUncertain } from '../trouble.ts';
import type { Outgoing } from '../wire.ts';
import type { Visit } from '../visit.ts';
import type { ToSend } from './chosen.ts';

interface Pending {
  outgoing: Outgoing;
  frame: Uint8Array;
  /** Bytes of the file that are there once this part is. */
  until: number;
}

export class FileSending {
  readonly #visit: Pick<Visit, 'engine' | 'putPart'>;
  readonly #followsUp: boolean;
  readonly #what: ToSend;
  #file: number | null = null;
  #pending: Pending | null = null;
  #finished = false;
  #stopped = false;
  /** Bytes that arrived. */
  sent = 0;

  /** `followsUp`: it goes with a message to a conversation that exists. */
  constructor(visit: Pick<Visit, 'engine' | 'putPart'>, followsUp: boolean, what: ToSend) {
    this.#visit = visit;
    this.#followsUp = followsUp;
    this.#what = what;
  }

  /** True where a part may or may not have arrived: sending again goes on from there. */
  get interrupted(): boolean {
    return this.#pending !== null;
  }

  /** Ends sending after the part that is on its way. */
  stop(): void {
    this.#stopped = true;
    this.#startOver();
  }

  /** Sends what has not arrived yet; gives the number under which a letter names the file. */
  async send(moved: () => void): Promise<number> {
    try {
      return await this.#goOn(moved);
    } catch (error) {
      // The Worker counts what it has sealed: without the bytes of the last part, all begins anew.
      if (!this.interrupted) this.#startOver();
      throw error;
    }
  }

  #startOver(): void {
    const file = this.#file;
    if (file !== null) void this.#visit.engine.call('forget-file', { file }).catch(() => undefined);
    this.#file = null;
    this.sent = 0;
  }

  async #goOn(moved: () => void): Promise<number> {
    const { engine } = this.#visit;
    this.#file ??= (await engine.call('begin-file', { size: this.#what.bytes.size })).file;
    const file = this.#file;
    while (!this.#finished) {
      const pending = this.#pending ?? (await this.#next(file));
      if (pending === null) {
        const { name, type, kept_original, removed } = this.#what;
        await engine.call('finish-file', { file, about: { name, type, kept_original, removed } });
        this.#finished = true;
        break;
      }
      this.#pending = pending;
      await this.#put(pending);
      this.#pending = null;
      this.sent = pending.until;
      moved();
    }
    return file;
  }

  async #next(file: number): Promise<Pending | null> {
    if (this.#stopped) throw new Trouble('files-stopped');
    const { engine } = this.#visit;
    const { slice } = await engine.call('file-wants', { file });
    if (slice === null) return null;
    const data = await this.#read(slice.from, slice.until);
    const outgoing = await engine.call('compose-part', { file, follows_up: this.#followsUp, data });
    const { frame } = await engine.call('stamp', { envelope: outgoing.envelope });
    return { outgoing, frame, until: slice.until };
  }

  async #read(from: number, until: number): Promise<Uint8Array> {
    try {
      return new Uint8Array(await this.#what.bytes.slice(from, until).arrayBuffer());
    } catch {
      // Moved, changed or deleted since it was chosen.
      throw new Trouble('file-unreadable');
    }
  }

  async #put(pending: Pending): Promise<void> {
    const { engine } = this.#visit;
    const { envelope } = pending.outgoing;
    const send = (frame: Uint8Array): Promise<Uint8Array> => this.#visit.putPart(frame);
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
