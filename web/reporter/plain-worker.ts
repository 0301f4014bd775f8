// The Worker without WebAssembly: the same crate, translated into plain JavaScript by the build.
// Slower by far, so it is only loaded where nothing else works.
import { Session } from 'client-wasm-plain';
import { answerThePage } from './answering.ts';

answerThePage(async () => new Session());
