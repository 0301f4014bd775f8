// A connection that breaks when a test says so, and time that passes when a test says so.
import { until } from './world.mjs';

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

/** Lets time pass until what broke off has gone again by itself and the page shows `selector`. */
export function goesAgain(page, selector) {
  return until(async () => {
    await page.clock.fastForward(60_000);
    return page.$(selector);
  }, `it to go again, until there is ${selector}`);
}
