// The Worker with WebAssembly. Where a browser does not compile it, the page starts the other one
// (`plain-worker.ts`).
import { answerThePage, type Session } from './answering.ts';
import { NO_WASM, Trouble } from './trouble.ts';

/** The glue of wasm-bindgen, which the build puts before this script. */
declare const wasm_bindgen: {
  (options: { module_or_path: ArrayBuffer }): Promise<unknown>;
  Session: new () => Session;
};

async function load(address: string): Promise<ArrayBuffer> {
  try {
    const answer = await fetch(address);
    if (answer.ok) return await answer.arrayBuffer();
  } catch {
    // As below.
  }
  throw new Trouble('unreachable');
}

answerThePage(async () => {
  if (typeof WebAssembly === 'undefined') throw new Trouble(NO_WASM);
  const module_or_path = await load('/beistand_bg.wasm');
  try {
    await wasm_bindgen({ module_or_path });
  } catch {
    // That the name exists does not mean that it may be used: a policy may forbid compiling.
    throw new Trouble(NO_WASM);
  }
  return new wasm_bindgen.Session();
});
