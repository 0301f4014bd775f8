// A real Chromium, started once a test file.
import { chromium } from 'playwright-core';
import { after, afterEach, before } from 'node:test';

/** So many characters of a page tell what it came to. */
const SHOWN = 1_200;

/** What a page says, for whoever asks why a test waited for something else. */
async function sayings(page) {
  // A page that computes for ever says nothing.
  const nothing = new Promise((later) => setTimeout(later, 5_000, '(nothing: it does not answer)'));
  const text = page.innerText('body').catch((error) => `(nothing: ${error.message})`);
  return `${page.url()}: ${(await Promise.race([text, nothing])).replace(/\s+/g, ' ').slice(0, SHOWN)}`;
}

/**
 * Starts the browser before the tests of a file and ends it after them; `args` are added to its own.
 * A test that passes closes what it opened; what the others left open is closed, and shown first.
 */
export function withChromium({ args = [] } = {}) {
  const holder = { browser: null };
  afterEach(async () => {
    for (const context of holder.browser?.contexts() ?? []) {
      for (const page of context.pages()) console.error(`left open: ${await sayings(page)}`);
      await context.close();
    }
  });
  before(async () => {
    holder.browser = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      // Chromium refuses its sandbox to root, which is what containers usually are.
      args: [...args, ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])],
    });
  });
  after(() => holder.browser?.close());
  return {
    /**
     * A fresh visitor with a page of their own. `complaints` collects what the browser objects
     * to: exceptions, and anything the Content-Security-Policy forbids.
     */
    async visitor(options = {}) {
      const context = await holder.browser.newContext({ locale: 'en-GB', ...options });
      const page = await context.newPage();
      // A machine that is busy takes its time; nothing that passes waits this long.
      page.setDefaultTimeout(60_000);
      const complaints = [];
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('console', (message) => {
        if (/Content.Security.Policy|Trusted/i.test(message.text())) complaints.push(message.text());
      });
      return { context, page, complaints };
    },
  };
}
