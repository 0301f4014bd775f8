// Trusted Types: the one policy of this site. The Content-Security-Policy names it
// (`trusted-types beistand`), and all it ever lets through is the Worker's address.

interface ScriptUrlPolicy {
  createScriptURL(address: string): unknown;
}
interface TrustedTypesFactory {
  createPolicy(name: string, rules: { createScriptURL(address: string): string }): ScriptUrlPolicy;
}

const WORKER = '/worker.js';

/** The Worker's address, blessed where the browser knows Trusted Types. */
export function workerAddress(): string {
  const factory = (globalThis as { trustedTypes?: TrustedTypesFactory }).trustedTypes;
  if (factory === undefined) return WORKER;
  const policy = factory.createPolicy('beistand', {
    createScriptURL(address) {
      if (address !== WORKER) throw new TypeError('only the Worker may be loaded');
      return address;
    },
  });
  return policy.createScriptURL(WORKER) as string;
}
