// A file on its way in: part by part it is fetched and opened, and only what turns out to be, as a
// whole, the file the letter speaks of is handed over. After a lost connection it goes on with the
// part that is missing. It is saved, never shown: whatever it is, this page does not open it.
import { Trouble, isUncertain } from '../trouble.ts';
import type { Visit } from '../visit.ts';

/** Neither an image nor a page, whatever its sender called it: the browser can only save it. */
const JUST_BYTES = 'application/octet-stream';

export class FileReceiving {
  readonly #visit: Pick<Visit, 'engine' | 'fetchPart'>;
  readonly #message: string;
  readonly #place: number;
  readonly #stop = new AbortController();
  #file: number | null = null;
  #parts: Blob[] = [];
  /** Bytes that are here. */
  here = 0;

  /** The file at `place` of a letter, which is named by its digest. */
  constructor(visit: Pick<Visit, 'engine' | 'fetchPart'>, message: string, place: number) {
    this.#visit = visit;
    this.#message = message;
    this.#place = place;
  }

  /** True where the connection was lost: receiving again goes on from there. */
  get interrupted(): boolean {
    return this.#file !== null;
  }

  /** Ends it at once and for good, and forgets what is here. */
  stop(): void {
    this.#stop.abort();
    this.#forget();
  }

  /** Fetches and opens what is not here yet; gives the whole file. */
  async receive(moved: () => void): Promise<Blob> {
    try {
      const whole = await this.#goOn(moved);
      this.#forget();
      return whole;
    } catch (error) {
      if (this.#stop.signal.aborted) throw new Trouble('files-stopped');
      if (!isUncertain(error)) this.#forget();
      throw error;
    }
  }

  async #goOn(moved: () => void): Promise<Blob> {
    const { engine } = this.#visit;
    this.#file ??= (await engine.call('begin-opening', { message: this.#message, place: this.#place })).file;
    const file = this.#file;
    for (;;) {
      if (this.#stop.signal.aborted) throw new Trouble('files-stopped');
      const { request } = await engine.call('part-request', { file });
      if (request === null) break;
      const answer = await this.#visit.fetchPart(request, this.#stop.signal);
      const { data } = await engine.call('open-part', { file, answer });
      this.#parts.push(data);
      this.here += data.size;
      moved();
    }
    await engine.call('finish-opening', { file });
    return new Blob(this.#parts, { type: JUST_BYTES });
  }

  #forget(): void {
    const file = this.#file;
    if (file !== null) void this.#visit.engine.call('forget-file', { file }).catch(() => undefined);
    this.#file = null;
    this.#parts = [];
    this.here = 0;
  }
}

/** Hands a file to the browser's folder for downloads. */
export function save(bytes: Blob, name: string): void {
  const address = URL.createObjectURL(bytes);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // The browser has taken hold of it by then.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
