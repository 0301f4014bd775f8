// Debian's own Firefox, as people have it: driven by WebDriver BiDi, which it speaks by itself, over
// one socket. https://w3c.github.io/webdriver-bidi/
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { WebSocket } from 'ws';

const FIREFOX = process.env.FIREFOX ?? '/usr/bin/firefox-esr';
/** Why tests in Firefox cannot run here; false where they can. */
export const firefoxIsMissing = existsSync(FIREFOX) ? false : `there is no ${FIREFOX}: cargo xtask setup installs it`;

/** How often a condition is looked at, in milliseconds. */
const STEP = 50;

/** Nothing leaves this machine, whatever a browser likes to ask its makers: no proxy listens there. */
const NOWHERE = {
  'network.proxy.type': 1,
  'network.proxy.http': '127.0.0.1',
  'network.proxy.http_port': 9,
  'network.proxy.ssl': '127.0.0.1',
  'network.proxy.ssl_port': 9,
  'network.proxy.failover_direct': false,
  'network.proxy.allow_hijacking_localhost': false,
};
/** And most of it is not even tried. */
const QUIET = {
  'app.normandy.enabled': false,
  'app.update.enabled': false,
  'browser.region.update.enabled': false,
  'browser.safebrowsing.malware.enabled': false,
  'browser.safebrowsing.phishing.enabled': false,
  'browser.shell.checkDefaultBrowser': false,
  'browser.startup.homepage_override.mstone': 'ignore',
  'browser.startup.page': 0,
  'datareporting.policy.dataSubmissionEnabled': false,
  'dom.push.connection.enabled': false,
  'extensions.systemAddon.update.enabled': false,
  'extensions.update.enabled': false,
  'media.gmp-manager.updateEnabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'services.settings.server': 'http://127.0.0.1:9/',
  'toolkit.telemetry.server': 'http://127.0.0.1:9/',
};

/** Commands out and their answers in, over one socket. */
class Wire {
  #socket;
  #last = 0;
  #waiting = new Map();

  static async to(address, heard) {
    const wire = new Wire();
    wire.#socket = new WebSocket(address);
    await new Promise((opened, failed) => wire.#socket.once('open', opened).once('error', failed));
    wire.#socket.on('message', (bytes) => {
      const said = JSON.parse(bytes);
      if (said.type === 'event') return heard(said);
      const { done, failed } = wire.#waiting.get(said.id);
      wire.#waiting.delete(said.id);
      if (said.type === 'error') failed(new Error(`${said.error}: ${said.message}`));
      else done(said.result);
    });
    return wire;
  }

  ask(method, params = {}) {
    this.#last += 1;
    const id = this.#last;
    return new Promise((done, failed) => {
      this.#waiting.set(id, { done, failed });
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
  }

  close() {
    this.#socket.terminate();
  }
}

/** One tab: as much of Playwright's page as `steps.mjs` uses, with plain CSS selectors. */
class Page {
  #wire;
  #context;
  #patience;

  /** `patience`: milliseconds until something that is waited for counts as missing. */
  constructor(wire, context, patience) {
    this.#wire = wire;
    this.#context = context;
    this.#patience = patience;
  }

  async goto(url) {
    await this.#wire.ask('browsingContext.navigate', { context: this.#context, url, wait: 'complete' });
  }

  /** Runs a function in the page; arguments and result travel as JSON. */
  async evaluate(work, ...given) {
    const { result } = await this.#call(
      `async (given) => JSON.stringify(await (${work})(...JSON.parse(given))) ?? 'null'`,
      JSON.stringify(given),
    );
    return JSON.parse(result.value);
  }

  async #call(functionDeclaration, text) {
    const answer = await this.#wire.ask('script.callFunction', {
      functionDeclaration,
      arguments: [{ type: 'string', value: text }],
      target: { context: this.#context },
      awaitPromise: true,
    });
    if (answer.type === 'exception') throw new Error(answer.exceptionDetails.text);
    return answer;
  }

  /** Waits until the first element that fits can be seen, or is merely there. */
  async waitForSelector(selector, { state = 'visible' } = {}) {
    const there = (wanted, seen) => {
      const one = document.querySelector(wanted);
      return one !== null && (!seen || one.getClientRects().length > 0);
    };
    const end = Date.now() + this.#patience;
    while (!(await this.evaluate(there, selector, state === 'visible'))) {
      assert.ok(Date.now() < end, `waited in vain for ${selector}`);
      await new Promise((later) => setTimeout(later, STEP));
    }
  }

  async textContent(selector) {
    await this.waitForSelector(selector, { state: 'attached' });
    return this.evaluate((wanted) => document.querySelector(wanted).textContent, selector);
  }

  /** What `work` makes of all elements that fit. */
  async $$eval(selector, work) {
    const { result } = await this.#call(
      `async (wanted) => JSON.stringify(await (${work})([...document.querySelectorAll(wanted)])) ?? 'null'`,
      selector,
    );
    return JSON.parse(result.value);
  }

  /** Clicks as a hand does: somewhere on the screen, on whatever is there. */
  async click(selector) {
    await this.waitForSelector(selector);
    const { result } = await this.#call(
      // Where a hand hits is sure only when the page has come to rest: what was typed before may
      // scroll it once more.
      `async (wanted) => {
        const one = document.querySelector(wanted);
        for (let rested = false; !rested; ) {
          one.scrollIntoView({ block: 'center', behavior: 'instant' });
          const { top } = one.getBoundingClientRect();
          for (let frame = 0; frame < 3; frame += 1) await new Promise(requestAnimationFrame);
          rested = one.getBoundingClientRect().top === top;
        }
        return one;
      }`,
      selector,
    );
    const element = { type: 'element', element: { sharedId: result.sharedId } };
    await this.#act('pointer', [
      { type: 'pointerMove', x: 0, y: 0, origin: element },
      { type: 'pointerDown', button: 0 },
      { type: 'pointerUp', button: 0 },
    ]);
  }

  /** Types into a field, key by key. */
  async fill(selector, text) {
    await this.click(selector);
    await this.#act('key', [...text].flatMap((value) => [{ type: 'keyDown', value }, { type: 'keyUp', value }]));
  }

  async #act(type, actions) {
    await this.#wire.ask('input.performActions', { context: this.#context, actions: [{ type, id: type, actions }] });
  }
}

/** Starts Firefox with a fresh profile; `prefs` are added to those that keep it quiet. */
export async function startFirefox(prefs = {}) {
  const profile = await mkdtemp(join(tmpdir(), 'beistand-firefox-'));
  const lines = Object.entries({ ...QUIET, ...NOWHERE, ...prefs }).map(([name, value]) => `user_pref("${name}", ${JSON.stringify(value)});`);
  await writeFile(join(profile, 'user.js'), lines.join('\n'));
  const program = spawn(FIREFOX, ['--headless', '--no-remote', '--remote-debugging-port=0', '--profile', profile], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = new Promise((done) => program.once('exit', done));
  const address = await new Promise((found, failed) => {
    createInterface(program.stderr).on('line', (line) => {
      const [, listening] = /WebDriver BiDi listening on (ws:\S+)/.exec(line) ?? [];
      if (listening !== undefined) found(listening);
    });
    void ended.then((code) => failed(new Error(`${FIREFOX} ended with ${code} before it could be driven`)));
  });
  const asked = [];
  const complaints = [];
  const wire = await Wire.to(`${address}/session`, ({ method, params }) => {
    if (method === 'network.beforeRequestSent') asked.push({ context: params.context, url: params.request.url });
    if (method === 'log.entryAdded' && params.level === 'error') complaints.push(params.text);
  });
  // A page that asks whether one really wants to leave is left.
  await wire.ask('session.new', { capabilities: { alwaysMatch: { unhandledPromptBehavior: { beforeUnload: 'accept' } } } });
  await wire.ask('session.subscribe', { events: ['network.beforeRequestSent', 'log.entryAdded'] });
  return {
    /** Addresses that pages asked for, in order. */
    asked,
    /** Errors that pages ran into, what a policy forbids among them. */
    complaints,
    /** A fresh visitor with a page of their own. */
    async visitor(patience) {
      const { userContext } = await wire.ask('browser.createUserContext');
      const { context } = await wire.ask('browsingContext.create', { type: 'tab', userContext });
      return new Page(wire, context, patience);
    },
    async close() {
      wire.close();
      program.kill('SIGTERM');
      await ended;
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
