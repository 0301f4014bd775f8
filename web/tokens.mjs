// Codex brings some 700 design tokens as custom properties and this site reads a fraction of them.
// What nothing reads is left out of the style sheet.

/** The names that a style sheet reads with `var(…)`. */
function read(css) {
  return new Set([...css.matchAll(/var\(\s*(--[\w-]+)/g)].map((match) => match[1]));
}

/** A minified style sheet without the custom properties that nothing in it reads. */
export function withoutUnused(css) {
  const used = read(css);
  const left = css.replace(/(--[\w-]+):[^;{}]*(;|(?=\}))/g, (declaration, name) => (used.has(name) ? declaration : ''));
  // What only those read that have just gone goes next.
  return left === css ? css : withoutUnused(left);
}
