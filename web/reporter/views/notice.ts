// A calm box with a sentence: what happened and what to do next. No red, no exclamation.
import { element } from '../../shared/element.ts';
import { say, type MessageKey } from '../../shared/say.ts';

export interface Notice {
  readonly root: HTMLElement;
  show(tone: 'calm' | 'good' | 'care', key: MessageKey, parameters?: (string | number)[]): void;
  clear(): void;
}

/** An empty notice that screen readers announce when it fills. */
export function notice(): Notice {
  const root = element('div', { class: 'notice-place', 'aria-live': 'polite' });
  return {
    root,
    show(tone, key, parameters) {
      root.replaceChildren(element('p', { class: `notice notice--${tone}` }, say(element('span'), key, parameters ?? [])));
    },
    clear() {
      root.replaceChildren();
    },
  };
}
