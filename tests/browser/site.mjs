// The built site without a Beistand server behind it: for what the page does when the server
// is down, busy or lying. It sends the header that web/README.md asks of the real one.
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const DIST = fileURLToPath(new URL('../../web/dist', import.meta.url));
const README = fileURLToPath(new URL('../../web/README.md', import.meta.url));
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
};

/** The policy as the README writes it. */
async function policy() {
  const line = (await readFile(README, 'utf8')).match(/^Content-Security-Policy: (.+)$/m);
  return line[1];
}

/**
 * Serves the site. `api` answers everything below /v1 and /instance.json with `{status, body}`,
 * or null to break the connection; it can be changed while the page is open.
 */
export async function serveSite(api) {
  const site = { api, requests: [] };
  const header = await policy();
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, 'http://site');
    site.requests.push(`${request.method} ${pathname}`);
    const headers = {
      'Content-Security-Policy': header,
      'Cache-Control': 'no-store',
      'Referrer-Policy': 'no-referrer',
      'X-Content-Type-Options': 'nosniff',
    };
    if (pathname.startsWith('/v1/') || pathname === '/instance.json') {
      request.resume();
      const answer = site.api(pathname);
      if (answer === null) response.destroy();
      else response.writeHead(answer.status, headers).end(answer.body ?? '');
      return;
    }
    try {
      const name = pathname === '/' ? 'index.html' : pathname.slice(1);
      const bytes = await readFile(join(DIST, name));
      response.writeHead(200, { ...headers, 'Content-Type': TYPES[extname(name)] ?? 'application/octet-stream' });
      response.end(bytes);
    } catch {
      response.writeHead(404, headers).end();
    }
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  site.url = `http://127.0.0.1:${server.address().port}`;
  site.close = () => {
    server.closeAllConnections();
    return new Promise((closed) => server.close(closed));
  };
  return site;
}

/** A server that is down. */
export const down = () => null;
/** A server whose files nobody signed. */
export const forged = () => ({ status: 200, body: '{}' });
