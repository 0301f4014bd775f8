// The Worker with WebAssembly. Where a browser does not compile it, the page starts the other one
// (`plain-worker.ts`).
import { answerThePage, send, type Session } from './answering.ts';
import { NO_WASM, Trouble } from './trouble.ts';
import { SECOND, type Handover } from './wire.ts';

/** The glue of wasm-bindgen, which the build puts before this script. */
declare const wasm_bindgen: {
  (options: { module_or_path: WebAssembly.Module }): Promise<unknown>;
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

/** The program, compiled here and shown to the page, for a second Worker. */
async function compiled(): Promise<WebAssembly.Module> {
  const program = await WebAssembly.compile(await load('/beistand_bg.wasm'));
  try {
    send({ program });
  } catch {
    // A browser in which programs cannot be shared goes without a second Worker.
  }
  return program;
}

/** The program as the page gives it to a second Worker. */
function given(): Promise<WebAssembly.Module> {
  return new Promise((resolve, reject) => {
    self.addEventListener('message', (event: MessageEvent<Handover>) => resolve(event.data.program), { once: true });
    self.addEventListener('messageerror', reject);
  });
}

/** Given once: whoever asks again gets the same. */
const program = self.name === SECOND ? given() : null;

answerThePage(async () => {
  if (typeof WebAssembly === 'undefined') throw new Trouble(NO_WASM);
  try {
    const module_or_path = await (program ?? compiled());
    await wasm_bindgen({ module_or_path });
  } catch (error) {
    if (error instanceof Trouble) throw error;
    // That the name exists does not mean that it may be used: a policy may forbid compiling.
    throw new Trouble(NO_WASM);
  }
  return new wasm_bindgen.Session();
});
