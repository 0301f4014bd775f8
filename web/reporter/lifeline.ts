// Whether the Worker still lives. A Worker that runs out of memory may end without a word, and one
// that computes for long is as silent; but a lock that it holds falls when it ends, and only then.
// https://w3c.github.io/web-locks/

const BYTES = 16;

/** In the Worker: holds a lock of a name nobody else has, for as long as it lives, and tells the name. */
export function holdLifeline(tell: (name: string) => void): void {
  const name = [...crypto.getRandomValues(new Uint8Array(BYTES))].map((byte) => byte.toString(16)).join('-');
  const forEver = new Promise<never>(() => undefined);
  // Browsers that know no locks, or allow none here, go without: they report what a Worker died of.
  void navigator.locks?.request(name, () => {
    tell(name);
    return forEver;
  }).catch(() => undefined);
}

/** On the page: runs `react` when the Worker that holds this lock has ended. Gives a way to stop waiting. */
export function watchLifeline(name: string, react: () => void): () => void {
  const end = new AbortController();
  void navigator.locks?.request(name, { signal: end.signal }, react).catch(() => undefined);
  return () => end.abort();
}
