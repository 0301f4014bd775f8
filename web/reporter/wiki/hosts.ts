// Which hosts are wikis of Wikimedia, and the one address each of them has for a reader at a desk.

/** Projects that have a wiki for each language: `de.wikipedia.org`. */
const BY_LANGUAGE = [
  'wikipedia',
  'wiktionary',
  'wikibooks',
  'wikinews',
  'wikiquote',
  'wikisource',
  'wikiversity',
  'wikivoyage',
];

/** Projects with one wiki for all languages. */
const ONE_FOR_ALL: Record<string, string> = {
  'wikidata.org': 'www.wikidata.org',
  'mediawiki.org': 'www.mediawiki.org',
  'wikifunctions.org': 'www.wikifunctions.org',
};

/** Below wikimedia.org, next to wikis, there are machines that are none. */
const NO_WIKIS = ['lists', 'upload', 'phabricator', 'gerrit', 'stats', 'dumps', 'api', 'intake-analytics', 'maps', 'ticket'];

/**
 * The host of the wiki for desktop readers, whichever of its hosts was given (`de.m.wikipedia.org`,
 * `wikidata.org`); null where it is no wiki of Wikimedia.
 */
export function wikiOf(host: string): string | null {
  const labels = host.toLowerCase().replace(/\.$/, '').split('.');
  if (labels.length < 2 || labels.some((label) => !/^[a-z0-9-]+$/.test(label))) return null;
  const domain = labels.slice(-2).join('.');
  // `m` and `zero` are views of the wiki for phones.
  const left = labels.slice(0, -2).filter((label) => label !== 'm' && label !== 'zero');
  if (domain in ONE_FOR_ALL) {
    if (left.length > 1) return null;
    const [name] = left;
    return name === undefined || name === 'www' ? (ONE_FOR_ALL[domain] ?? null) : `${name}.${domain}`;
  }
  const [name, ...more] = left;
  if (name === undefined || name === 'www' || more.length > 0) return null;
  const [project = '', suffix] = domain.split('.');
  if (suffix !== 'org') return null;
  if (BY_LANGUAGE.includes(project)) return `${name}.${domain}`;
  return project === 'wikimedia' && !NO_WIKIS.includes(name) ? `${name}.${domain}` : null;
}
