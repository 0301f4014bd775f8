// A connection that breaks when a test says so, and time that passes when a test says so.

/**
 * Lets the next requests to `path` fail as `ways` say: `lost` before they arrive, `unanswered` after.
 * Gives their bodies, in which further ones appear.
 */
export async function breaking(context, path, ways) {
  const bodies = [];
  await context.route(`**${path}`, async (route) => {
    bodies.push(route.request().postDataBuffer());
    const way = ways.shift();
    if (way === 'unanswered') await route.fetch();
    if (way === undefined) await route.continue();
    else await route.abort('connectionreset');
  });
  return bodies;
}

/** From now on no timer of the page fires by itself, however long the test takes to look. */
export async function stopTime(page) {
  await page.clock.install();
  await page.clock.pauseAt(Date.now() + 1_000);
}

/** So many minutes pass at most: after half an hour without anybody a page empties itself. */
const MINUTES = 20;

/** Lets time pass until what broke off has gone again by itself and the page shows `selector`. */
export async function goesAgain(page, selector) {
  for (let minute = 0; minute < MINUTES; minute += 1) {
    await page.clock.fastForward(60_000);
    // What goes again now needs a while that is no minute of the page.
    const seen = await page.waitForSelector(selector, { timeout: 6_000 }).catch(() => null);
    if (seen !== null) return seen;
  }
  throw new Error(`it did not go again, until there is ${selector}`);
}
