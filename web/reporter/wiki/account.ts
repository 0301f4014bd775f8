// Accounts as people write them: a name, `User:Name`, a link to a page of theirs, an IP address.
import { recogniseLink } from './link.ts';
import { wikiOf } from './hosts.ts';
import { namespaceOf } from './names.ts';

export interface Account {
  readonly name: string;
  /** The wiki the account was met in, where it was said. */
  readonly wiki: string | null;
}

/** The owner of a page in the namespaces of users, without the subpage. */
function owner(title: string): string | null {
  const colon = title.indexOf(':');
  const namespace = colon > 0 ? namespaceOf(title.slice(0, colon)) : null;
  if (namespace !== 'user' && namespace !== 'user-talk') return null;
  const name = title.slice(colon + 1).split('/')[0] ?? '';
  return name.replace(/_/g, ' ').trim() || null;
}

/** The account a line names; null where it is empty or an address of something else. */
export function recogniseAccount(text: string): Account | null {
  const line = text.trim();
  const link = recogniseLink(line);
  if (link !== null) {
    if (link.kind === 'user' || link.kind === 'contributions') return { name: link.subject, wiki: link.wiki };
    const name = owner(link.subject);
    return name === null ? null : { name, wiki: link.wiki };
  }
  if (line === '' || /^https?:\/\//i.test(line)) return null;
  // `[[User:Name|called so]]`, `[[:de:User:Name]]`, `@Name`, `Name (de.wikipedia.org)`
  const inner = line.replace(/^\[\[:?/, '').replace(/(\|[^\]]*)?\]\]$/, '').replace(/^@/, '').trim();
  const placed = /^(.+?)\s*(?:\(|@\s?)([a-z0-9.-]+)\)?$/i.exec(inner);
  const wiki = placed === null ? null : wikiOf(placed[2] ?? '');
  const title = wiki === null ? inner : (placed?.[1] ?? inner);
  const name = owner(title) ?? title.replace(/_/g, ' ').trim();
  return name === '' ? null : { name, wiki };
}

/** An account as it is passed on. */
export function writtenAccount({ name, wiki }: Account): string {
  return wiki === null ? name : `${name} (${wiki})`;
}
