// Bytes between the page and its Workers are handed over rather than copied, and given back as soon as
// nobody needs them: a garbage collector counts a mebibyte as a few bytes and is in no hurry.

/** The memory behind all bytes in a message, to be handed over with it. */
export function memoryOf(message: unknown): ArrayBuffer[] {
  if (message instanceof Uint8Array) return [message.buffer as ArrayBuffer];
  if (typeof message !== 'object' || message === null) return [];
  return Object.values(message).flatMap(memoryOf);
}

/** Gives memory back at once, where the browser knows how. Whoever still has these bytes has none. */
export function giveBack(memory: readonly ArrayBuffer[]): void {
  for (const one of memory) (one as { transfer?(length: number): void }).transfer?.(0);
}
