// Trusted Types: the one policy of this site. The Content-Security-Policy names it
// (`trusted-types beistand`), and all it ever lets through is the addresses of the Workers.

interface ScriptUrlPolicy {
  createScriptURL(address: string): unknown;
}
interface TrustedTypesFactory {
  createPolicy(name: string, rules: { createScriptURL(address: string): string }): ScriptUrlPolicy;
}

/** The Worker with WebAssembly, and the one for browsers that have none. */
export type WorkerAddress = '/worker.js' | '/plain-worker.js';
const WORKERS: readonly string[] = ['/worker.js', '/plain-worker.js'] satisfies WorkerAddress[];

let policy: ScriptUrlPolicy | null | undefined;

/** The one policy; a browser refuses a second one of the same name. Null where it knows no Trusted Types. */
function onlyPolicy(): ScriptUrlPolicy | null {
  if (policy !== undefined) return policy;
  const factory = (globalThis as { trustedTypes?: TrustedTypesFactory }).trustedTypes;
  policy =
    factory?.createPolicy('beistand', {
      createScriptURL(address) {
        if (!WORKERS.includes(address)) throw new TypeError('only the Workers may be loaded');
        return address;
      },
    }) ?? null;
  return policy;
}

/** A Worker's address, blessed where the browser knows Trusted Types. */
export function blessed(address: WorkerAddress): string {
  return (onlyPolicy()?.createScriptURL(address) ?? address) as string;
}
