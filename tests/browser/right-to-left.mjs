// A language that does not exist, written from right to left and a third longer than English: what
// breaks in it would break in Arabic or Hebrew.
import { build } from '../../web/node_modules/esbuild/lib/main.js';
import { fileURLToPath } from 'node:url';
import { languages, readLanguages } from '../../web/languages.mjs';

const WEB = fileURLToPath(new URL('../../web', import.meta.url));
const LETTERS = 'אבגדהוזחטיכלמנסעפצקרשת';

/** Hebrew letters for Latin ones, outside of parameters and forms. */
function turned(message) {
  const parts = message.split(/(\{\{[^}]*\}\}|\$\d)/);
  const letters = (text) =>
    text.replace(/[a-z]/gi, (letter) => LETTERS[(letter.toLowerCase().charCodeAt(0) - 97) % LETTERS.length]);
  const longer = (text) => text.replace(/[a-z]{6,}/gi, (word) => word + word.slice(0, 2));
  return parts.map((part, at) => (at % 2 === 0 ? letters(longer(part)) : part)).join('');
}

/** Lets a visitor's browser load the page with that language in the place of Hebrew. */
export async function speaksRightToLeft(context) {
  const { en } = await readLanguages();
  const he = Object.fromEntries(Object.entries(en).map(([key, message]) => [key, turned(message)]));
  const built = await build({
    absWorkingDir: WEB,
    entryPoints: ['reporter/main.ts'],
    bundle: true,
    write: false,
    format: 'iife',
    charset: 'utf8',
    plugins: [languages({ he })],
  });
  const { text: body } = built.outputFiles[0];
  await context.route('**/reporter.js', async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, body });
  });
}
