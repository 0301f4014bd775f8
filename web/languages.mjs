// All languages of i18n/ as one module, `beistand:texts`: whoever adds a file there has added a
// language. They travel together and not one by one, so that nobody on the line can tell by the
// size of a file which language somebody reads.
import { readFile, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const FOLDER = join(dirname(fileURLToPath(import.meta.url)), 'i18n');
/** The file that documents the messages for translators. */
const DOCUMENTATION = 'qqq';
/** How messages begin that only the page without JavaScript says: they stand in it, and nowhere else. */
const WITHOUT_SCRIPT = 'plain-';

/** Code of the language → key → message, without metadata. */
export async function readLanguages() {
  const names = (await readdir(FOLDER)).filter((name) => name.endsWith('.json')).sort();
  const languages = {};
  for (const name of names) {
    const code = name.slice(0, -'.json'.length);
    if (code === DOCUMENTATION) continue;
    const { '@metadata': _, ...messages } = JSON.parse(await readFile(join(FOLDER, name), 'utf8'));
    languages[code] = messages;
  }
  return languages;
}

/**
 * The esbuild plugin. `added` are further languages that stand in no file, for tests.
 * The module has the keys once, and each language as a list in their order: null where it has no
 * such message yet.
 */
export function languages(added = {}) {
  return {
    name: 'languages',
    setup(build) {
      build.onResolve({ filter: /^beistand:texts$/ }, ({ path }) => ({ path, namespace: 'beistand' }));
      build.onLoad({ filter: /.*/, namespace: 'beistand' }, async () => {
        // English first: then the others compress best.
        const all = { en: {}, ...(await readLanguages()), ...added };
        const keys = Object.keys(all.en).filter((key) => !key.startsWith(WITHOUT_SCRIPT));
        const texts = Object.fromEntries(
          Object.entries(all).map(([code, messages]) => [code, keys.map((key) => messages[key] ?? null)]),
        );
        return { contents: JSON.stringify({ keys, texts }), loader: 'json' };
      });
    },
  };
}
