// A file on its way in: part by part it is fetched and opened, and only what turns out to be, as a
// whole, the file the letter speaks of is handed over. It is saved, never shown: whatever it is,
// this page does not open it.
import type { Visit } from '../visit.ts';

/** Neither an image nor a page, whatever its sender called it: the browser can only save it. */
const JUST_BYTES = 'application/octet-stream';

/** Fetches and opens the file at `place` of a letter; `moved` is told how many bytes are here. */
export async function receiveFile(
  visit: Pick<Visit, 'engine' | 'fetchPart'>,
  message: string,
  place: number,
  moved: (bytes: number) => void,
): Promise<Blob> {
  const { engine } = visit;
  const { file } = await engine.call('begin-opening', { message, place });
  try {
    // Each part becomes a Blob at once: the browser may keep those elsewhere than in memory.
    const parts: Blob[] = [];
    let here = 0;
    for (;;) {
      const { request } = await engine.call('part-request', { file });
      if (request === null) break;
      const { data } = await engine.call('open-part', { file, answer: await visit.fetchPart(request) });
      parts.push(new Blob([data as BlobPart]));
      here += data.length;
      moved(here);
    }
    await engine.call('finish-opening', { file });
    return new Blob(parts, { type: JUST_BYTES });
  } finally {
    void engine.call('forget-file', { file }).catch(() => undefined);
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
