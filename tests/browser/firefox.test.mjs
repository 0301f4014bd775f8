// Another browser than the one all other tests run in: Debian's Firefox, as it comes, and with
// WebAssembly and every JIT switched off, as people who fear attacks on their browser have it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { firefoxIsMissing, startFirefox } from './firefox.mjs';
import { file, findsCase, readsAfterAWhile } from './steps.mjs';
import { startWorld } from './world.mjs';

/** Where everything is interpreted, sealing takes seconds; on a machine that is busy many times as many. */
const PATIENCE = 240_000;
const WAYS = [
  { name: 'as it comes', prefs: {}, plain: false },
  {
    name: 'without WebAssembly and JIT',
    prefs: {
      'javascript.options.wasm': false,
      'javascript.options.ion': false,
      'javascript.options.baselinejit': false,
    },
    plain: true,
  },
];

let world;
before(async () => {
  if (!firefoxIsMissing) world = await startWorld();
});
after(() => world?.stop());

for (const { name, prefs, plain } of WAYS) {
  test(`Firefox ${name}: a report, an answer, both read by somebody who comes back`, { skip: firefoxIsMissing }, async () => {
    const firefox = await startFirefox(prefs);
    try {
      const first = await firefox.visitor(PATIENCE);
      const story = `Written in Firefox ${name}.`;
      const words = await file(first, world, story);
      assert.equal(words.length, 12);
      const number = await findsCase(world, 1, story);
      await world.desk(1).reply(number, `An answer to Firefox ${name}.`);

      const later = await firefox.visitor(PATIENCE);
      await readsAfterAWhile(later, world, words, `An answer to Firefox ${name}.`);
      assert.ok((await later.textContent('main')).includes(story), 'both sides are there');

      const paths = firefox.asked.filter(({ url }) => url.startsWith(world.url)).map(({ url }) => new URL(url).pathname);
      assert.equal(paths.includes('/plain-worker.js'), plain, 'the other Worker is loaded where it is needed');
      const elsewhere = firefox.asked.map(({ url }) => new URL(url)).filter(({ protocol }) => /^(https?|wss?):$/.test(protocol));
      assert.deepEqual([...new Set(elsewhere.map(({ origin }) => origin))], [world.url], 'the page asks nobody but its own server');
      assert.deepEqual(firefox.complaints, [], 'nothing broke the strict policy');
    } finally {
      await firefox.close();
    }
  });
}
