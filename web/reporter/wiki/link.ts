// Links into wikis, recognised by their form alone: nothing is opened or fetched. What can be said
// about a version is pinned to it, so that it still shows the same when somebody has edited since.
import { wikiOf } from './hosts.ts';
import { namespaceOf, specialPage } from './names.ts';

/** What a link shows. `page`: whatever stands there when somebody looks. */
export type LinkKind = 'diff' | 'revision' | 'user' | 'contributions' | 'log' | 'page';

export interface WikiLink {
  readonly kind: LinkKind;
  /** The host of the wiki, as desktop readers know it. */
  readonly wiki: string;
  /** What it is about: a page, an account, else the number of a version or log entry. */
  readonly subject: string;
  /** True where it will show the same for ever. */
  readonly pinned: boolean;
  /** The address to pass on: https, the wiki's desktop host, only what is needed to find the thing. */
  readonly address: string;
}

/** Underscores are how addresses write spaces. */
function spaced(title: string): string {
  return title.replace(/_+/g, ' ').trim();
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

/** The address, where the text is one; a missing scheme is forgiven. */
function addressIn(text: string): URL | null {
  const trimmed = text.trim().replace(/^[<[(]+|[>\])]+$/g, '');
  const withScheme = /^[a-z]+:\/\//i.test(trimmed) ? trimmed : `https://${trimmed.replace(/^\/\//, '')}`;
  try {
    const url = new URL(withScheme);
    return url.protocol === 'https:' || url.protocol === 'http:' ? url : null;
  } catch {
    return null;
  }
}

/** A number of a version: digits that are not only zeros. */
function version(text: string | null | undefined): string | null {
  return text != null && /^0*[1-9]\d{0,14}$/.test(text) ? text.replace(/^0+/, '') : null;
}

/** `/wiki/Title`, the variants of Chinese and Serbian wikis, or `title=` of `index.php`. */
function titleOf(url: URL): string | null {
  const path = /^\/(?:wiki|zh-[a-z]+|zh|sr-[a-z]+|sr)\/(.+)$/.exec(url.pathname)?.[1];
  if (path !== undefined) return decoded(path);
  return /^\/(?:w\/)?(?:index\.php)?$/.test(url.pathname) ? url.searchParams.get('title') : null;
}

function encodedTitle(title: string): string {
  return encodeURIComponent(title.trim().replace(/\s+/g, '_')).replace(/%(?:2F|3A|2C|40|24|3B|21|2A)/gi, (code) =>
    decodeURIComponent(code),
  );
}

/** Two versions, or one and the one before it. */
function diff(wiki: string, from: string | null, to: string, page: string | null): WikiLink {
  const path = from === null ? to : `${from}/${to}`;
  return { kind: 'diff', wiki, subject: page ?? to, pinned: true, address: `https://${wiki}/wiki/Special:Diff/${path}` };
}

function revision(wiki: string, id: string, page: string | null): WikiLink {
  return { kind: 'revision', wiki, subject: page ?? id, pinned: true, address: `https://${wiki}/wiki/Special:PermanentLink/${id}` };
}

/** `?diff=…&oldid=…` in all the ways MediaWiki writes it; null where it names no version for good. */
function fromQuery(wiki: string, query: URLSearchParams, page: string | null): WikiLink | null {
  const old = version(query.get('oldid'));
  const asked = query.get('diff');
  if (query.has('direction')) return null;
  if (asked === null) return old === null ? null : revision(wiki, old, page);
  const to = version(asked);
  if (to !== null) return diff(wiki, old === to ? null : old, to, page);
  if (old === null) return null;
  if (asked === 'prev' || asked === '') return diff(wiki, null, old, page);
  // "next" is a version whose number the address does not say; "cur" shows the newest one.
  const address = `https://${wiki}/w/index.php?diff=${asked === 'next' ? 'next' : 'cur'}&oldid=${old}`;
  return { kind: 'diff', wiki, subject: page ?? old, pinned: asked === 'next', address };
}

/** `Special:Contributions/Name`, `Special:Diff/1/2` and their like. */
function fromSpecial(wiki: string, name: string, rest: string[], query: URLSearchParams): WikiLink | null {
  const what = specialPage(name);
  if (what === 'diff') {
    const ids = rest.join('/').split(/\/|\.\.\./).map((id) => version(id));
    const [first, second] = ids;
    if (first == null) return null;
    return second == null ? diff(wiki, null, first, null) : diff(wiki, first, second, null);
  }
  if (what === 'revision') {
    const id = version(rest[0]);
    return id === null ? null : revision(wiki, id, null);
  }
  if (what === 'contributions') {
    const account = spaced(query.get('target') ?? query.get('user') ?? rest.join('/'));
    if (account === '') return null;
    const address = `https://${wiki}/wiki/Special:Contributions/${encodedTitle(account)}`;
    return { kind: 'contributions', wiki, subject: account, pinned: false, address };
  }
  if (what === 'log') return log(wiki, name, rest, query);
  return null;
}

/** What of a log's address says which entries are meant. */
const LOG_QUERY = ['logid', 'type', 'user', 'page', 'wpSearchUser', 'details'];

function log(wiki: string, name: string, rest: string[], query: URLSearchParams): WikiLink {
  const kept = new URLSearchParams();
  for (const key of LOG_QUERY) {
    const value = query.get(key);
    if (value !== null && value !== '') kept.set(key, value);
  }
  const entry = version(query.get('logid')) ?? version(rest[0]);
  const subject = entry ?? kept.get('page') ?? kept.get('user') ?? rest.join('/');
  const path = [encodedTitle(`Special:${spaced(name)}`), ...rest.map(encodedTitle)].join('/');
  const tail = kept.toString() === '' ? '' : `?${kept}`;
  // Any special page is known by its own name in its own wiki; only the namespace is made English.
  const address = `https://${wiki}/wiki/${path}${tail}`;
  return { kind: 'log', wiki, subject: spaced(subject), pinned: entry !== null, address };
}

/** Recognises a link into a wiki of Wikimedia; null for everything else. */
export function recogniseLink(text: string): WikiLink | null {
  const url = addressIn(text);
  const wiki = url === null ? null : wikiOf(url.hostname);
  if (url === null || wiki === null || url.username !== '' || url.port !== '') return null;
  const query = url.searchParams;
  const title = titleOf(url);
  const colon = title?.indexOf(':') ?? -1;
  const namespace = title !== null && colon > 0 ? namespaceOf(title.slice(0, colon)) : null;
  const name = title?.slice(colon + 1).replace(/^[\s_]+/, '') ?? '';
  if (title !== null && namespace === 'special') {
    const [page = '', ...rest] = name.split('/');
    const found = fromSpecial(wiki, page, rest.filter((part) => part !== ''), query);
    if (found !== null) return found;
  }
  const versioned = fromQuery(wiki, query, title === null || namespace === 'special' ? null : spaced(title));
  if (versioned !== null) return versioned;
  const curid = version(query.get('curid'));
  if (curid !== null) return { kind: 'page', wiki, subject: curid, pinned: false, address: `https://${wiki}/?curid=${curid}` };
  if (title === null || title.trim() === '') return null;
  const history = query.get('action') === 'history';
  const address = history
    ? `https://${wiki}/w/index.php?title=${encodedTitle(title)}&action=history`
    : `https://${wiki}/wiki/${encodedTitle(title)}${url.hash}`;
  if (namespace === 'user' && !name.includes('/') && !history) {
    return { kind: 'user', wiki, subject: spaced(name), pinned: false, address };
  }
  return { kind: 'page', wiki, subject: spaced(title), pinned: false, address };
}

/** One thing a line: several addresses on one line are several lines. */
export function separateLinks(lines: readonly string[]): string[] {
  return lines.flatMap((line) =>
    (line.match(/https?:\/\//gi)?.length ?? 0) > 1 ? line.split(/[\s,;]+(?=https?:\/\/)/i).map((part) => part.trim()) : [line],
  );
}
