// What web/languages.mjs makes of i18n/ when the site is built.
declare module 'beistand:texts' {
  const all: {
    readonly keys: readonly string[];
    /** Code of the language → its messages in the order of `keys`; null: not translated yet. */
    readonly texts: Readonly<Record<string, readonly (string | null)[]>>;
  };
  export default all;
}
