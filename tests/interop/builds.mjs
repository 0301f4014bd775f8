// The checks of `tests/portable`, loaded as a browser gets our cryptography: as WebAssembly, and
// translated into plain JavaScript. `cargo xtask wasm --checks` compiles both.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { plainModule } from '../../web/plain.mjs';

const COMPILED = join(import.meta.dirname, '..', '..', 'target/wasm-checks');

/** What `tests/portable/src/wasm.rs` exports, in both builds by name. */
export async function builds() {
  const plain = join(COMPILED, 'plain/plain.mjs');
  await plainModule(join(COMPILED, 'plain'), plain);
  return {
    WebAssembly: createRequire(import.meta.url)(join(COMPILED, 'module/beistand.js')),
    'plain JavaScript': await import(pathToFileURL(plain)),
  };
}
