// The real server behind another one, which changes something on the way.
import { createServer, request as ask } from 'node:http';

/**
 * `policy` makes another Content-Security-Policy of the server's; `fails` says of a path whether this
 * request is answered as by a server that is down. Gives the address, and what closes it.
 */
export async function behind(world, { policy = (csp) => csp, fails = () => false }) {
  const { hostname, port } = new URL(world.url);
  const server = createServer((incoming, outgoing) => {
    const { method, url, headers } = incoming;
    if (fails(url)) {
      outgoing.writeHead(502).end();
      return;
    }
    // A connection each: the server may end a kept one just when it is used again.
    const own = { ...headers, host: `${hostname}:${port}`, connection: 'close' };
    const passed = ask({ hostname, port, method, path: url, headers: own, agent: false }, (answer) => {
      const csp = answer.headers['content-security-policy'];
      if (csp !== undefined) answer.headers['content-security-policy'] = policy(csp);
      outgoing.writeHead(answer.statusCode, answer.headers);
      answer.pipe(outgoing);
    });
    passed.on('error', () => outgoing.destroy());
    incoming.pipe(passed);
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    close() {
      server.closeAllConnections();
      return new Promise((closed) => server.close(closed));
    },
  };
}
