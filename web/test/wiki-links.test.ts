import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { recogniseLink, separateLinks, type WikiLink } from '../reporter/wiki/link.ts';

type Expected = [kind: WikiLink['kind'], wiki: string, subject: string, pinned: boolean, address: string];

function recognised(text: string): Expected | null {
  const link = recogniseLink(text);
  return link === null ? null : [link.kind, link.wiki, link.subject, link.pinned, link.address];
}

const EN = 'en.wikipedia.org';
const DE = 'de.wikipedia.org';

/** One group a kind of link: what is pasted, and what is made of it. */
const LINKS: Record<string, [string, Expected][]> = {
  'a diff names its versions, whatever way MediaWiki wrote it': [
    [`https://${EN}/w/index.php?title=Talk:River&diff=200&oldid=100`, ['diff', EN, 'Talk:River', true, `https://${EN}/wiki/Special:Diff/100/200`]],
    [`https://${EN}/w/index.php?title=Talk:River&diff=prev&oldid=200`, ['diff', EN, 'Talk:River', true, `https://${EN}/wiki/Special:Diff/200`]],
    [`https://${EN}/w/index.php?diff=200`, ['diff', EN, '200', true, `https://${EN}/wiki/Special:Diff/200`]],
    [`https://${EN}/?diff=200`, ['diff', EN, '200', true, `https://${EN}/wiki/Special:Diff/200`]],
    [`https://${EN}/wiki/River?diff=200&oldid=0`, ['diff', EN, 'River', true, `https://${EN}/wiki/Special:Diff/200`]],
    [`https://${EN}/w/index.php?title=River&diff=next&oldid=100`, ['diff', EN, 'River', true, `https://${EN}/w/index.php?diff=next&oldid=100`]],
    [`https://${EN}/wiki/Special:Diff/200`, ['diff', EN, '200', true, `https://${EN}/wiki/Special:Diff/200`]],
    [`https://${DE}/wiki/Spezial:Diff/100/200`, ['diff', DE, '200', true, `https://${DE}/wiki/Special:Diff/100/200`]],
    [`https://${EN}/wiki/Special:MobileDiff/100...200`, ['diff', EN, '200', true, `https://${EN}/wiki/Special:Diff/100/200`]],
    ['https://pl.wikipedia.org/wiki/Specjalna:Różnice/7', ['diff', 'pl.wikipedia.org', '7', true, 'https://pl.wikipedia.org/wiki/Special:Diff/7']],
  ],
  'what is compared with "now" is not pinned, and says so': [
    [`https://${EN}/w/index.php?title=River&diff=cur&oldid=100`, ['diff', EN, 'River', false, `https://${EN}/w/index.php?diff=cur&oldid=100`]],
    [`https://${EN}/w/index.php?title=River&diff=0&oldid=100`, ['diff', EN, 'River', false, `https://${EN}/w/index.php?diff=cur&oldid=100`]],
  ],
  'a version': [
    [`https://${DE}/w/index.php?title=Fluss&oldid=123`, ['revision', DE, 'Fluss', true, `https://${DE}/wiki/Special:PermanentLink/123`]],
    [`https://${DE}/w/index.php?oldid=0123`, ['revision', DE, '123', true, `https://${DE}/wiki/Special:PermanentLink/123`]],
    [`https://${DE}/wiki/Spezial:Permanenter_Link/123`, ['revision', DE, '123', true, `https://${DE}/wiki/Special:PermanentLink/123`]],
    [`https://${EN}/wiki/special:permalink/123`, ['revision', EN, '123', true, `https://${EN}/wiki/Special:PermanentLink/123`]],
  ],
  'contributions, in the language of the wiki': [
    [`https://${EN}/wiki/Special:Contributions/Some_One`, ['contributions', EN, 'Some One', false, `https://${EN}/wiki/Special:Contributions/Some_One`]],
    [`https://${DE}/wiki/Spezial:Beitr%C3%A4ge/Jemand`, ['contributions', DE, 'Jemand', false, `https://${DE}/wiki/Special:Contributions/Jemand`]],
    ['https://fr.wikipedia.org/wiki/Sp%C3%A9cial:Contributions/Quelqu%27un', ['contributions', 'fr.wikipedia.org', "Quelqu'un", false, "https://fr.wikipedia.org/wiki/Special:Contributions/Quelqu'un"]],
    ['https://ru.wikipedia.org/wiki/Служебная:Вклад/Некто', ['contributions', 'ru.wikipedia.org', 'Некто', false, 'https://ru.wikipedia.org/wiki/Special:Contributions/%D0%9D%D0%B5%D0%BA%D1%82%D0%BE']],
    ['https://ja.wikipedia.org/wiki/特別:投稿記録/誰か', ['contributions', 'ja.wikipedia.org', '誰か', false, 'https://ja.wikipedia.org/wiki/Special:Contributions/%E8%AA%B0%E3%81%8B']],
    ['https://ar.wikipedia.org/wiki/خاص:مساهمات/203.0.113.7', ['contributions', 'ar.wikipedia.org', '203.0.113.7', false, 'https://ar.wikipedia.org/wiki/Special:Contributions/203.0.113.7']],
    [`https://${EN}/w/index.php?title=Special:Contributions&target=Some+One&namespace=3`, ['contributions', EN, 'Some One', false, `https://${EN}/wiki/Special:Contributions/Some_One`]],
    [`https://${EN}/wiki/Special:Contributions/2001:db8::1/64`, ['contributions', EN, '2001:db8::1/64', false, `https://${EN}/wiki/Special:Contributions/2001:db8::1/64`]],
    [`https://${EN}/wiki/Special:Contributions/~2026-12345-67`, ['contributions', EN, '~2026-12345-67', false, `https://${EN}/wiki/Special:Contributions/~2026-12345-67`]],
  ],
  'user pages; what lies below them is a page': [
    [`https://${EN}/wiki/User:Some_One`, ['user', EN, 'Some One', false, `https://${EN}/wiki/User:Some_One`]],
    [`https://${DE}/wiki/Benutzerin:Jemand`, ['user', DE, 'Jemand', false, `https://${DE}/wiki/Benutzerin:Jemand`]],
    ['https://zh.wikipedia.org/zh-hant/使用者:某人', ['user', 'zh.wikipedia.org', '某人', false, 'https://zh.wikipedia.org/wiki/%E4%BD%BF%E7%94%A8%E8%80%85:%E6%9F%90%E4%BA%BA']],
    [`https://${EN}/wiki/User:Some_One/List`, ['page', EN, 'User:Some One/List', false, `https://${EN}/wiki/User:Some_One/List`]],
    [`https://${EN}/wiki/User_talk:Some_One#c-Other-20260101120000-Hello`, ['page', EN, 'User talk:Some One', false, `https://${EN}/wiki/User_talk:Some_One#c-Other-20260101120000-Hello`]],
  ],
  'logs': [
    [`https://${EN}/w/index.php?title=Special:Log&logid=99`, ['log', EN, '99', true, `https://${EN}/wiki/Special:Log?logid=99`]],
    [`https://${EN}/wiki/Special:Log/block?page=User:Some_One&uselang=de`, ['log', EN, 'User:Some One', false, `https://${EN}/wiki/Special:Log/block?page=User%3ASome_One`]],
    [`https://${DE}/wiki/Spezial:Logbuch/Jemand`, ['log', DE, 'Jemand', false, `https://${DE}/wiki/Special:Logbuch/Jemand`]],
    [`https://${EN}/wiki/Special:AbuseLog/77`, ['log', EN, '77', true, `https://${EN}/wiki/Special:AbuseLog/77`]],
  ],
  'pages, and their history': [
    [`https://${EN}/wiki/River?wprov=sfti1`, ['page', EN, 'River', false, `https://${EN}/wiki/River`]],
    [`https://${EN}/w/index.php?title=River&action=history`, ['page', EN, 'River', false, `https://${EN}/w/index.php?title=River&action=history`]],
    [`https://${EN}/?curid=42`, ['page', EN, '42', false, `https://${EN}/?curid=42`]],
    [`https://${EN}/w/index.php?title=River&oldid=100&direction=prev`, ['page', EN, 'River', false, `https://${EN}/wiki/River`]],
  ],
  'every project, phones included': [
    [`https://en.m.wikipedia.org/wiki/Special:Diff/200`, ['diff', EN, '200', true, `https://${EN}/wiki/Special:Diff/200`]],
    ['https://m.wikidata.org/wiki/Q42', ['page', 'www.wikidata.org', 'Q42', false, 'https://www.wikidata.org/wiki/Q42']],
    ['https://www.wikidata.org/w/index.php?title=Q42&diff=2&oldid=1', ['diff', 'www.wikidata.org', 'Q42', true, 'https://www.wikidata.org/wiki/Special:Diff/1/2']],
    ['https://commons.m.wikimedia.org/wiki/File:A.jpg', ['page', 'commons.wikimedia.org', 'File:A.jpg', false, 'https://commons.wikimedia.org/wiki/File:A.jpg']],
    ['https://meta.wikimedia.org/wiki/Special:Diff/5', ['diff', 'meta.wikimedia.org', '5', true, 'https://meta.wikimedia.org/wiki/Special:Diff/5']],
    ['https://species.wikimedia.org/wiki/A', ['page', 'species.wikimedia.org', 'A', false, 'https://species.wikimedia.org/wiki/A']],
    ['https://www.mediawiki.org/wiki/Help:A', ['page', 'www.mediawiki.org', 'Help:A', false, 'https://www.mediawiki.org/wiki/Help:A']],
    ['https://www.wikifunctions.org/wiki/Z1', ['page', 'www.wikifunctions.org', 'Z1', false, 'https://www.wikifunctions.org/wiki/Z1']],
    ['https://simple.wiktionary.org/wiki/a', ['page', 'simple.wiktionary.org', 'a', false, 'https://simple.wiktionary.org/wiki/a']],
    ['https://zh-min-nan.wikisource.org/wiki/A', ['page', 'zh-min-nan.wikisource.org', 'A', false, 'https://zh-min-nan.wikisource.org/wiki/A']],
    ...['wikibooks', 'wikinews', 'wikiquote', 'wikiversity', 'wikivoyage'].map(
      (project): [string, Expected] => [
        `https://it.m.${project}.org/wiki/A`,
        ['page', `it.${project}.org`, 'A', false, `https://it.${project}.org/wiki/A`],
      ],
    ),
  ],
  'as people paste: without a scheme, with http, in brackets': [
    ['de.wikipedia.org/wiki/Fluss', ['page', DE, 'Fluss', false, `https://${DE}/wiki/Fluss`]],
    ['//de.wikipedia.org/wiki/Fluss', ['page', DE, 'Fluss', false, `https://${DE}/wiki/Fluss`]],
    [' http://de.wikipedia.org/wiki/Fluss ', ['page', DE, 'Fluss', false, `https://${DE}/wiki/Fluss`]],
    [`<https://${DE}/wiki/Fluss>`, ['page', DE, 'Fluss', false, `https://${DE}/wiki/Fluss`]],
    [`https://DE.Wikipedia.ORG/wiki/Fluss`, ['page', DE, 'Fluss', false, `https://${DE}/wiki/Fluss`]],
  ],
};

for (const [what, cases] of Object.entries(LINKS)) {
  test(what, () => {
    for (const [text, expected] of cases) assert.deepEqual(recognised(text), expected, text);
  });
}

test('what is recognised is recognised again from the address that is passed on', () => {
  for (const [text, [kind, wiki, , pinned, address]] of Object.values(LINKS).flat()) {
    const again = recogniseLink(address);
    assert.ok(again !== null, text);
    // A history is a page, and its address the only one without the page's own.
    assert.deepEqual([again.kind, again.wiki, again.pinned, again.address], [kind, wiki, pinned, address], text);
  }
});

test('everything else is left to the person', () => {
  const others = [
    '', ' ', 'She said so in the chat.', 'https://example.org/wiki/User:A', 'https://wikipedia.org.example.org/wiki/A',
    'https://evilwikipedia.org/wiki/A', 'https://en.wikipedia.org.evil.example/wiki/A', 'https://en.wikipedia.com/wiki/A',
    'https://user:secret@en.wikipedia.org/wiki/A', 'https://en.wikipedia.org:8443/wiki/A', 'ftp://en.wikipedia.org/wiki/A',
    'javascript:alert(1)', 'https://en.wikipedia.org/', 'https://www.wikipedia.org/', 'https://phabricator.wikimedia.org/T1',
    'https://upload.wikimedia.org/a.jpg', 'https://lists.wikimedia.org/x', 'https://a.b.wikipedia.org/wiki/A', 'https://en.wiki𝗉edia.example/wiki/A',
    'https://еn.wikipediа.org/wiki/A', 'https://en.wikipedia.org/wiki/%E0%A4%A', 'T123', '123',
  ];
  for (const text of others) assert.equal(recogniseLink(text), null, text);
});

test('a number that is none pins nothing', () => {
  for (const wrong of ['abc', '-1', '1e3', '0', '99999999999999999999']) {
    assert.equal(recogniseLink(`https://en.wikipedia.org/wiki/River?oldid=${wrong}`)?.pinned, false, wrong);
    assert.equal(recogniseLink(`https://en.wikipedia.org/wiki/Special:Diff/${wrong}`)?.kind, 'page', wrong);
  }
});

test('several addresses on a line are several links; other lines stay whole', () => {
  assert.deepEqual(separateLinks(['https://a.example/1 https://b.example/2, https://c.example/3']), [
    ...['https://a.example/1', 'https://b.example/2', 'https://c.example/3'],
  ]);
  assert.deepEqual(separateLinks(['see https://a.example/ there', 'a letter']), ['see https://a.example/ there', 'a letter']);
});
