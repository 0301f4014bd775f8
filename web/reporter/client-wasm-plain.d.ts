// What the build makes of client-wasm for browsers without WebAssembly; see build.mjs.
declare module 'client-wasm-plain' {
  export const Session: new () => import('./answering.ts').Session;
}
