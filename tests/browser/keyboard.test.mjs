// A whole journey with the keyboard alone: every key is one a person has, nothing is clicked, and what
// has the focus can always be seen.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withChromium } from './chromium.mjs';
import { withWorld } from './held.mjs';
import { findsCase } from './steps.mjs';
import { until } from './world.mjs';

const chromium = withChromium();
const world = withWorld();

/** What has the focus: its name, and whether it can be seen. */
function focused(page) {
  return page.evaluate(() => {
    const one = document.activeElement;
    const label = one.labels?.[0]?.textContent ?? one.getAttribute('aria-label') ?? one.textContent;
    const { top, bottom, left, right, width } = one.getBoundingClientRect();
    const style = getComputedStyle(one);
    const exit = document.querySelector('#exit').getBoundingClientRect();
    const covered = one.id !== 'exit' && top >= exit.top && bottom <= exit.bottom && left >= exit.left && right <= exit.right;
    return {
      name: label.trim().replace(/\s+/g, ' '),
      tag: one.tagName,
      seen: width > 0 && bottom > 0 && top < innerHeight && !covered,
      marked: style.outlineStyle !== 'none' || style.boxShadow !== 'none' || one.type === 'checkbox' || one.type === 'radio',
    };
  });
}

/** What has the focus, once the page has come to rest: rings fade in, and pages scroll to what they ring. */
async function atRest(page) {
  for (let looks = 1; ; looks += 1) {
    const now = await focused(page);
    if (now.tag === 'BODY' || (now.seen && now.marked) || looks === 40) return now;
    await page.waitForTimeout(50);
  }
}

/** Presses Tab until what is called so has the focus; everything on the way can be seen. */
async function tabTo(page, name, presses = 80) {
  for (let press = 0; press < presses; press += 1) {
    await page.keyboard.press('Tab');
    const now = await atRest(page);
    if (now.tag !== 'BODY') assert.ok(now.seen && now.marked, `${now.tag} ${now.name} has the focus and can be seen`);
    if (now.name.startsWith(name)) return;
  }
  assert.fail(`${name} cannot be reached with Tab`);
}

test('filing, keeping the words, coming back, answering: keys only', async () => {
  const { page, context } = await chromium.visitor({ viewport: { width: 800, height: 600 } });
  await page.goto(world.url);
  await page.waitForSelector('.readers');
  const { keyboard } = page;

  await keyboard.press('Tab');
  assert.equal((await focused(page)).name, 'Leave quickly', 'the exit comes first');
  await keyboard.press('Tab');
  assert.equal((await focused(page)).name, 'Go to the text field');
  await keyboard.press('Enter');
  assert.equal((await focused(page)).name, 'What happened?');

  // An empty form: the error is said, and the focus is where it is mended.
  await tabTo(page, 'Send, sealed');
  await keyboard.press('Enter');
  const wrong = await page.evaluate(() => {
    const field = document.activeElement;
    const described = field.getAttribute('aria-describedby').split(' ').map((id) => document.getElementById(id));
    return {
      invalid: field.getAttribute('aria-invalid'),
      said: described.map((one) => one.textContent).join(' '),
      live: described.some((one) => one.getAttribute('role') === 'status' && one.textContent !== ''),
    };
  });
  assert.equal(wrong.invalid, 'true');
  assert.match(wrong.said, /A few words are enough/);
  assert.equal(wrong.live, true);

  await keyboard.type('Written without a mouse.');
  await tabTo(page, 'Bo Muster');
  await keyboard.press('Space');
  await tabTo(page, 'Add details, if you like');
  await keyboard.press('Enter');
  await tabTo(page, 'Yes');
  await keyboard.press('Space');
  await keyboard.press('ArrowDown');
  await tabTo(page, 'What may we call you?');
  await keyboard.type('Kim');
  await tabTo(page, 'See exactly what will be sent');
  await keyboard.press('Enter');
  // It is filled a moment later, and what follows moves down.
  await page.waitForSelector('.preview dd');
  await tabTo(page, 'Send, sealed');
  await keyboard.press('Enter');
  await page.waitForSelector('.words');
  assert.equal((await focused(page)).name, 'It has arrived. Thank you for telling us.', 'a new screen has the focus at its heading');

  const words = await page.$$eval('.words__word', (all) => all.map((word) => word.textContent));
  for (const field of await page.$$eval('.check label', (labels) => labels.map((label) => label.textContent))) {
    await tabTo(page, field);
    await keyboard.type(words[Number(field.match(/\d+/)[0]) - 1]);
  }
  await keyboard.press('Enter');
  await page.waitForSelector('text=You have what you need to come back.');

  const number = await findsCase(world, 1, 'Written without a mouse.');
  assert.ok(JSON.stringify(world.desk(1).show(number)).includes('"no"'), 'the arrow chose the second answer');
  await world.desk(1).reply(number, 'Read without a mouse.');
  await until(async () => {
    await page.goto('about:blank');
    await page.goto(world.url);
    await page.waitForSelector('.readers');
    await tabTo(page, 'Come back');
    await keyboard.press('Enter');
    await tabTo(page, 'Word 1');
    // As people type: four letters, the rest is completed, a space goes on.
    for (const word of words) {
      await keyboard.type(word);
      await keyboard.press('Space');
    }
    await keyboard.press('Enter');
    await page.waitForSelector('.letters, .empty:not([hidden])');
    return (await page.textContent('main')).includes('Read without a mouse.');
  }, 'the answer');
  await tabTo(page, 'Write back');
  await keyboard.type('Answered without a mouse.');
  await tabTo(page, 'Send, sealed');
  await keyboard.press('Enter');
  await page.waitForSelector('.conversation .notice--good');
  await findsCase(world, 1, 'Answered without a mouse.');

  await tabTo(page, 'Take back what I sent');
  await keyboard.press('Enter');
  await tabTo(page, 'Yes, delete what I sent.');
  await keyboard.press('Space');
  await tabTo(page, 'Delete and tell the team');
  await keyboard.press('Enter');
  await page.waitForSelector('h1:has-text("It is deleted from the server.")');
  await context.close();
});
