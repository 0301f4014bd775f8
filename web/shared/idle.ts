// A page that nobody touches for long empties itself, after a warning. Switching to another app
// or tab empties nothing: the warning only runs down while somebody could see it.

/** Milliseconds without input after which the page asks whether somebody is there. */
export const QUIET = 30 * 60_000;
/** Milliseconds for which that question is to be seen before the page empties itself. */
export const WARNING = 2 * 60_000;
/** Milliseconds between two looks at the clock. */
const STEP = 1_000;
/** A device that slept did not show anything meanwhile: a longer step counts as this much. */
const LONGEST_STEP = 5_000;

export type Phase = 'calm' | 'asking' | 'over';

export class Idle {
  #touched: number;
  #looked: number;
  #shown = 0;

  constructor(now: number) {
    this.#touched = now;
    this.#looked = now;
  }

  /** Somebody is there. */
  touch(now: number): void {
    this.#touched = now;
    this.#looked = now;
    this.#shown = 0;
  }

  /** Where it stands at `now` (milliseconds). `visible`: the page can be seen. */
  look(now: number, visible: boolean): Phase {
    const step = Math.min(LONGEST_STEP, Math.max(0, now - this.#looked));
    this.#looked = now;
    if (now - this.#touched < QUIET) return 'calm';
    if (this.#shown >= WARNING) return 'over';
    if (visible) this.#shown += step;
    return this.#shown >= WARNING ? 'over' : 'asking';
  }
}

/** What counts as somebody being there. */
const INPUTS = ['keydown', 'input', 'pointerdown', 'wheel', 'touchmove'] as const;

/** Watches the page; `ask` is told when the question comes and goes. Gives a way to stop. */
export function watchIdle(ask: (asking: boolean) => void, empty: () => void): () => void {
  const idle = new Idle(Date.now());
  let asking = false;
  const become = (now: boolean): void => {
    if (asking === now) return;
    asking = now;
    ask(now);
  };
  const touch = (): void => {
    idle.touch(Date.now());
    become(false);
  };
  for (const input of INPUTS) document.addEventListener(input, touch, { capture: true, passive: true });
  const stop = (): void => {
    clearInterval(timer);
    for (const input of INPUTS) document.removeEventListener(input, touch, { capture: true });
  };
  const timer = setInterval(() => {
    const phase = idle.look(Date.now(), document.visibilityState === 'visible');
    become(phase === 'asking');
    if (phase !== 'over') return;
    stop();
    empty();
  }, STEP);
  return stop;
}
