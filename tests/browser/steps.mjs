// What people do in the journeys: file, come back, answer. In plain CSS, so that any browser can be
// driven through them.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { until } from './world.mjs';

/** The field in which one says what happened. */
export const STORY = '#report-form > .field textarea';

/** Opens the page for writing. */
export async function open(page, world, address = '/') {
  await page.goto(world.url + address);
  await page.waitForSelector('.readers', { state: 'attached' });
}

/** Sends what stands in the form and gives the 12 words. */
export async function send(page) {
  await page.click('#report-form button[type=submit]');
  await page.waitForSelector('.words');
  return page.$$eval('.words__word', (words) => words.map((word) => word.textContent));
}

/** Files a report as a person does and gives the 12 words. */
export async function file(page, world, text, unticked = []) {
  await open(page, world);
  await page.fill(STORY, text);
  for (const name of unticked) await page.click(`.readers label:has-text("${name}")`);
  return send(page);
}

/** Comes back with the words. */
export async function comeBack(page, world, words) {
  await page.goto('about:blank');
  await page.goto(`${world.url}/#return`);
  await page.waitForSelector('.page:not([hidden]) .word-fields');
  await page.fill('.word-fields li:first-child input', words.join(' '));
  await page.click('.page:not([hidden]) button[type=submit]');
}

/** Comes back until the page shows `text`: an answer appears when its epoch has closed. */
export function readsAfterAWhile(page, world, words, text) {
  return until(async () => {
    await comeBack(page, world, words);
    await page.waitForSelector('.letters, .empty:not([hidden])');
    return (await page.textContent('main')).includes(text);
  }, `the page to show ${JSON.stringify(text)}`);
}

/** Writes back in an open conversation. */
export async function writeBack(page, text) {
  await page.fill('.conversation textarea', text);
  await page.click('.conversation > form button.send');
  await page.waitForSelector('.conversation .notice--good');
}

/** The number that desk `serial` gives the case in which somebody wrote `text`. */
export function findsCase(world, serial, text) {
  const desk = world.desk(serial);
  const holds = ({ case: number }) => JSON.stringify(desk.show(number)).includes(text);
  return until(() => {
    desk.sync();
    return desk.cases().find(holds)?.case;
  }, `desk ${serial} to see ${JSON.stringify(text)}`);
}

/** Chooses files to go with a report and waits until it is known what of them will be sent. */
export async function chooseFiles(page, ...files) {
  await page.setInputFiles('#report-form input[type=file]', files);
  await page.waitForFunction(() => {
    const known = [...document.querySelectorAll('#report-form .file__known')];
    return known.length > 0 && known.every((one) => !one.textContent.includes('Looking for'));
  });
}

/** The button that saves the file of that name. */
export const saveButton = (name) => `.letters .file:has(.file__name:text-is("${name}")) button`;

/** Saves the file of that name and gives its bytes. */
export async function savedFile(page, name) {
  const [download] = await Promise.all([page.waitForEvent('download'), page.click(saveButton(name))]);
  assert.equal(download.suggestedFilename(), name);
  return readFile(await download.path());
}
