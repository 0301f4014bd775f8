// A real Chromium, started once a test file.
import { chromium } from 'playwright-core';
import { after, before } from 'node:test';

/** Starts the browser before the tests of a file and ends it after them; `args` are added to its own. */
export function withChromium({ args = [] } = {}) {
  const holder = { browser: null };
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
