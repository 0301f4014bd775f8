// Codex brings some 700 design tokens as custom properties, and controls in every shape and state;
// this site uses a fraction of either. What nothing uses is left out of the style sheet.

/** The innermost rules of a minified style sheet: what selects, and what it sets. */
const RULE = /([^{}]*)(\{[^{}]*\})/g;

/** The names that a style sheet reads with `var(…)`. */
function read(css) {
  return new Set([...css.matchAll(/var\(\s*(--[\w-]+)/g)].map((match) => match[1]));
}

/** Without the custom properties that nothing in it reads. */
function withoutUnreadTokens(css) {
  const used = read(css);
  const left = css.replace(/(--[\w-]+):[^;{}]*(;|(?=\}))/g, (declaration, name) => (used.has(name) ? declaration : ''));
  // What only those read that have just gone goes next.
  return left === css ? css : withoutUnreadTokens(left);
}

/** The selectors of a list of them; commas in parentheses are of one selector. */
function selectorsOf(list) {
  return list.split(/,(?![^(]*\))/);
}

/**
 * Codex's classes that occur in these texts. Where a script puts a name together, as in
 * `cdx-${kind}__input`, the gap stands for one word.
 */
function namedIn(texts) {
  const names = texts.flatMap((text) => text.match(/cdx-(?:[\w-]|\$\{\w+\})+/g) ?? []);
  const patterns = names.map((name) => name.replace(/\$\{\w+\}/g, '[a-z]+'));
  const named = new RegExp(`^(?:${[...new Set(patterns)].join('|')})$`);
  return (name) => named.test(name);
}

/** Without the rules for classes of Codex that nobody wears. */
function withoutUnwornClasses(css, texts) {
  const isNamed = namedIn(texts);
  const isUsed = (selector) => {
    const classes = selector.replace(/:not\([^)]*\)/g, '').match(/(?<=\.)cdx-[\w-]+/g) ?? [];
    return classes.every(isNamed);
  };
  const left = css.replace(RULE, (rule, list, declarations) => {
    if (list.startsWith('@')) return rule;
    const selectors = selectorsOf(list).filter(isUsed);
    return selectors.length === 0 ? '' : selectors.join(',') + declarations;
  });
  return left.replace(/@(?:media|supports)[^{}]*\{\}/g, '');
}

/** Without the values that stand beside tokens for pages that do not have them: this one does. */
function withoutFallbacks(css) {
  const tokens = [...css.matchAll(/(?<=^|})[^{}]*:root[^{}]*{([^{}]*)}/g)].map((match) => match[1]).join();
  const set = new Set([...tokens.matchAll(/(--[\w-]+):/g)].map((match) => match[1]));
  return css.replace(/var\((--[\w-]+),[^()]*\)/g, (value, name) => (set.has(name) ? `var(${name})` : value));
}

/** A minified style sheet without what is not used where `texts` are all scripts and pages there are. */
export function withoutUnused(css, texts) {
  return withoutUnreadTokens(withoutFallbacks(withoutUnwornClasses(css, texts)));
}
