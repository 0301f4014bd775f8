// Quick exit: forget everything, then put a neutral page in the place of this one.

const FALLBACK = 'https://www.wikipedia.org/';
let destination = FALLBACK;
let shifts: number[] = [];

/** Takes the neutral page an organisation set, if it is an https address without credentials. */
export function neutralAddress(address: string): string {
  try {
    const parsed = new URL(address);
    if (parsed.protocol === 'https:' && parsed.username === '' && parsed.password === '') return parsed.href;
  } catch {
    // Not an address: the fallback is as neutral.
  }
  return FALLBACK;
}

/** Three presses of Shift alone within this many milliseconds leave the page. */
const WINDOW = 1_200;

/** True when `now` is the third press of Shift within the window; other keys in between start anew. */
export function thirdShift(key: string, now: number): boolean {
  if (key !== 'Shift') {
    shifts = [];
    return false;
  }
  shifts = [...shifts.filter((then) => now - then < WINDOW), now];
  return shifts.length >= 3;
}

/** Sets where quick exit leads, once a verified roster says so. */
export function leadTo(link: HTMLAnchorElement, address: string): void {
  destination = neutralAddress(address);
  link.href = destination;
}

/** Arms the exit link and Shift × 3. `wipe` must be quick: it runs before the page is replaced. */
export function armExit(link: HTMLAnchorElement, wipe: () => void): void {
  const leave = (): void => {
    wipe();
    // Gone from the eye at once, even if the next page is slow to come.
    document.documentElement.style.visibility = 'hidden';
    window.location.replace(destination);
  };
  link.addEventListener('click', (event) => {
    event.preventDefault();
    leave();
  });
  document.addEventListener('keydown', (event) => {
    if (event.repeat) return;
    if (thirdShift(event.key, event.timeStamp)) leave();
  });
}
