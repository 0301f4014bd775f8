// On a slow line: one can type before anything but the page itself has come, the program that seals
// loads meanwhile, and so does the search for the stamp. No test here looks at a clock: what is
// compared is what comes before what.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withChromium } from './chromium.mjs';
import { withWorld } from './held.mjs';
import { STORY, findsCase, send } from './steps.mjs';

const chromium = withChromium();
const world = withWorld();

test('one can type while neither the server nor the program that seals has answered', async () => {
  const { page, context } = await chromium.visitor();
  const asked = [];
  let answer;
  const answers = new Promise((resolve) => (answer = resolve));
  for (const late of ['**/v1/**', '**/instance.json', '**/*.wasm']) {
    await context.route(late, async (route) => {
      asked.push(new URL(route.request().url()).pathname);
      await answers;
      await route.continue();
    });
  }
  await page.goto(world.url);
  await page.fill(STORY, 'Typed while nothing had come yet.');
  await page.waitForSelector('text=You can start writing already.');
  for (const path of ['/instance.json', '/v1/state', '/beistand_bg.wasm']) {
    await page.waitForFunction(() => true);
    assert.ok(await seen(asked, path), `${path} was asked for while somebody typed`);
  }
  answer();
  await page.waitForSelector('.readers');
  await send(page);
  await findsCase(world, 1, 'Typed while nothing had come yet.');
  await context.close();
});

/** Whether a path is asked for sooner or later. */
async function seen(asked, path) {
  for (let look = 0; look < 100; look += 1) {
    if (asked.includes(path)) return true;
    await new Promise((later) => setTimeout(later, 50));
  }
  return false;
}

test('the stamp is found while somebody types, and sending does not look for it again', async () => {
  const { page, context } = await chromium.visitor();
  await page.addInitScript(() => {
    globalThis.said = [];
    const real = globalThis.Worker;
    globalThis.Worker = class extends real {
      constructor(address) {
        super(address);
        this.addEventListener('message', ({ data }) => {
          const call = globalThis.said.find((one) => one.id === data.id);
          if ('progress' in data) call.progress = true;
          else call.answer = data.ok?.found ?? true;
        });
      }
      postMessage(message) {
        globalThis.said.push({ id: message.id, op: message.op });
        super.postMessage(message);
      }
    };
  });
  await page.goto(world.url);
  await page.waitForSelector('.readers');
  await page.fill(STORY, 'A stamp in time.');
  await page.waitForFunction(() => globalThis.said.some((one) => one.op === 'early-stamp' && one.answer === true));
  await send(page);
  const ops = (await page.evaluate(() => globalThis.said)).map((one) => one.op);
  assert.ok(ops.lastIndexOf('early-stamp') < ops.indexOf('compose-report'), 'it was there before anything was sealed');
  const stamp = (await page.evaluate(() => globalThis.said)).find((one) => one.op === 'stamp');
  assert.equal(stamp.progress, undefined, 'not a single slice was tried after pressing the button');
  await context.close();
});

/** Bytes a second and milliseconds there and back, as DevTools and Tor's own figures have them. */
const LINES = {
  '3G': { latency: 400, downloadThroughput: 50_000, uploadThroughput: 25_000 },
  Tor: { latency: 1_500, downloadThroughput: 150_000, uploadThroughput: 75_000 },
};

for (const [name, line] of Object.entries(LINES)) {
  test(`a whole report over a line like ${name}`, async () => {
    const { page, context } = await chromium.visitor();
    page.setDefaultTimeout(90_000);
    const session = await context.newCDPSession(page);
    await session.send('Network.enable');
    await session.send('Network.emulateNetworkConditions', { offline: false, ...line });
    await page.goto(world.url);
    await page.fill(STORY, `Over a line like ${name}.`);
    await send(page);
    await findsCase(world, 1, `Over a line like ${name}.`);
    await context.close();
  });
}
