// Sending one envelope so that nothing is lost and nothing arrives twice: a frame whose
// fate is unknown is sent again byte for byte; an occupied place means the next one.
import { dearer, paying } from './paying.ts';
import { Trouble, WORKER_GONE, WORKER_GONE_SENT, isUncertain } from './trouble.ts';
import type { Frame, Outgoing } from './wire.ts';
import type { Visit } from './visit.ts';

export type Stage = 'sealing' | 'sealing-slowly' | 'stamp' | 'sending';

/** How often an occupied place is answered with the next one before a person is told. */
const PLACES = 3;

/** How the envelope is made. */
export type Compose = () => Promise<Outgoing>;

/** An envelope that the server took. */
export interface Sent extends Outgoing {
  /** The epoch whose end the server promised to record it at. */
  epoch: number;
}

export class Sending {
  #pending: { outgoing: Outgoing; frame: Frame } | null = null;

  constructor(readonly visit: Visit) {}

  /** True while an envelope may or may not have arrived, so that its text must not change. */
  get uncertain(): boolean {
    return this.#pending !== null;
  }

  /** The Worker that sealed it is gone: what is sent next is sealed anew. */
  forget(): void {
    this.#pending = null;
  }

  /** Seals, stamps, puts and checks the promise. */
  async send(compose: Compose, stage: (now: Stage) => void): Promise<Sent> {
    for (let place = 0; place < PLACES; place += 1) {
      const pending = this.#pending ?? (await this.#prepare(compose, stage));
      this.#pending = pending;
      stage('sending');
      await this.visit.coverFetch();
      try {
        const promise = await this.#put(pending, stage);
        const { envelope } = pending.outgoing;
        const { epoch } = await this.visit.engine.call('verify-promise', { envelope, promise });
        this.#pending = null;
        return { ...pending.outgoing, epoch };
      } catch (error) {
        if (!isUncertain(error)) this.#pending = null;
        if (!(error instanceof Trouble)) throw error;
        // The frame had set out, and nobody can check the answer any more.
        if (error.code === WORKER_GONE) throw new Trouble(WORKER_GONE_SENT);
        if (error.code !== 'occupied') throw error;
        await this.visit.engine.call('occupied', { envelope: pending.outgoing.envelope });
      }
    }
    throw new Trouble('waiting');
  }

  /** Puts a frame, and again with a dearer stamp where the server has come to ask for one. */
  #put(pending: { outgoing: Outgoing; frame: Frame }, stage: (now: Stage) => void): Promise<Uint8Array> {
    const send = (frame: Frame): Promise<Uint8Array> => this.visit.put(frame);
    return paying(pending.frame, send, async (bits) => {
      stage('stamp');
      pending.frame = await dearer(this.visit.engine, pending.outgoing.envelope, bits);
      stage('sending');
      return pending.frame;
    });
  }

  async #prepare(compose: Compose, stage: (now: Stage) => void): Promise<{ outgoing: Outgoing; frame: Frame }> {
    stage(this.visit.engine.slow ? 'sealing-slowly' : 'sealing');
    await this.visit.beforePut();
    const outgoing = await compose();
    stage('stamp');
    const { frame } = await this.visit.engine.call('stamp', { envelope: outgoing.envelope });
    return { outgoing, frame };
  }
}
