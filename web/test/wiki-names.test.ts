// What an address bar shows in the larger wikis, in their own words.
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { recogniseLink } from '../reporter/wiki/link.ts';

interface Names {
  contributions: string[];
  user: string[];
  log: string[];
}

/** By the language of the wiki; as MediaWiki's own tables of names have them. */
const NAMES: Record<string, Names> = {
  de: { contributions: ['Spezial:Beiträge'], user: ['Benutzer', 'Benutzerin'], log: ['Spezial:Logbuch'] },
  es: { contributions: ['Especial:Contribuciones'], user: ['Usuario', 'Usuaria'], log: ['Especial:Registro'] },
  fr: { contributions: ['Spécial:Contributions'], user: ['Utilisateur', 'Utilisatrice'], log: ['Spécial:Journal'] },
  it: { contributions: ['Speciale:Contributi', 'Speciale:ContributiUtente'], user: ['Utente'], log: ['Speciale:Registri'] },
  nl: { contributions: ['Speciaal:Bijdragen'], user: ['Gebruiker'], log: ['Speciaal:Logboeken', 'Speciaal:Logboek'] },
  pl: { contributions: ['Specjalna:Wkład'], user: ['Wikipedysta', 'Wikipedystka', 'Użytkownik'], log: ['Specjalna:Rejestr', 'Specjalna:Logi'] },
  pt: {
    contributions: ['Especial:Contribuições'],
    user: ['Usuário', 'Usuária', 'Utilizador', 'Utilizadora'],
    log: ['Especial:Registo', 'Especial:Registro', 'Especial:Registros'],
  },
  ru: { contributions: ['Служебная:Вклад'], user: ['Участник', 'Участница'], log: ['Служебная:Журналы'] },
  uk: {
    contributions: ['Спеціальна:Внесок', 'Спеціальні:Внесок'],
    user: ['Користувач', 'Користувачка'],
    log: ['Спеціальна:Журнали'],
  },
};

for (const [language, names] of Object.entries(NAMES)) {
  const wiki = `${language}.wikipedia.org`;
  // As browsers hand an address on, and as they show it.
  const forms = (title: string) => [`https://${wiki}/wiki/${encodeURI(title)}`, `https://${language}.m.wikipedia.org/wiki/${title}`];
  const shows = (title: string) => forms(title).map((address) => recogniseLink(address)).map((link) => [link?.kind, link?.wiki, link?.subject]);
  const both = (...found: string[]) => [found, found];

  test(`names in ${wiki}`, () => {
    for (const page of names.contributions) assert.deepEqual(shows(`${page}/Some_One`), both('contributions', wiki, 'Some One'), page);
    for (const page of names.user) assert.deepEqual(shows(`${page}:Some_One`), both('user', wiki, 'Some One'), page);
    for (const page of names.log) assert.deepEqual(shows(`${page}/Some_One`), both('log', wiki, 'Some One'), page);
  });
}
