// What wikis call the pages that people link to when they tell of trouble. The English names work
// in every wiki; these are the others a reader meets in an address bar.

/** Names of the namespace of special pages. */
const SPECIAL = [
  'Special', 'Spezial', 'Spécial', 'Especial', 'Speciale', 'Speciaal', 'Specjalna', 'Служебная',
  'Спеціальна', 'Спеціальні', 'Адмысловае', 'Специални', 'Специјална', 'Посебно', 'Posebno', 'Speciel', 'Spesial', 'Toiminnot',
  'Speciální', 'Špeciálne', 'Speciális', 'Specialus', 'Eri', 'Özel', 'خاص', 'ویژه', 'מיוחד', '特別', '特殊', '특수',
  'Đặc biệt', 'Istimewa', 'Khas', 'พิเศษ', 'Ειδικό', 'Specialaĵo', 'Specialis', 'Berezi', 'Xüsusi', 'Арнайы',
  'Սպասարկող', 'სპეციალური', 'विशेष', 'বিশেষ', 'சிறப்பு', 'ప్రత్యేక', 'പ്രത്യേകം', 'Arbennig', 'Spesiaal',
];

/** Names of the namespace of user pages, in all their genders. */
const USER = [
  'User', 'Benutzer', 'Benutzerin', 'Utilisateur', 'Utilisatrice', 'Usuario', 'Usuaria', 'Utente',
  'Usuário', 'Usuária', 'Utilizador', 'Utilizadora', 'Gebruiker', 'Wikipedysta', 'Wikipedystka', 'Użytkownik',
  'Użytkowniczka', 'Участник', 'Участница', 'Користувач', 'Користувачка', 'Удзельнік', 'Удзельніца', 'Потребител',
  'Корисник', 'Корисница', 'Korisnik', 'Korisnica', 'Suradnik', 'Suradnica', 'Användare', 'Bruger', 'Bruker', 'Käyttäjä',
  'Uživatel', 'Uživatelka', 'Wikipedista', 'Wikipedistka', 'Redaktor', 'Redaktorka', 'Szerkesztő', 'Utilizator',
  'Utilizatoare', 'Naudotojas', 'Naudotoja', 'Dalībnieks', 'Dalībniece', 'Kasutaja', 'Uporabnik', 'Uporabnica', 'Kullanıcı',
  'مستخدم', 'مستخدمة', 'کاربر', 'משתמש', 'משתמשת', '利用者', '用户', '用戶', '使用者', '사용자', 'Thành viên',
  'Pengguna', 'ผู้ใช้', 'Χρήστης', 'Χρήστρια', 'Uzanto', 'Vikipediisto', 'Usor', 'Lankide', 'Usuari', 'Usuària', 'İstifadəçi',
  'Қатысушы', 'Մասնակից', 'მომხმარებელი', 'सदस्य', 'ব্যবহারকারী', 'பயனர்', 'వాడుకరి', 'ഉപയോക്താവ്', 'Defnyddiwr',
];

/** Names of the namespace of the pages where users are spoken to. */
const USER_TALK = [
  'User talk', 'Benutzer Diskussion', 'Benutzerin Diskussion', 'BD', 'Discussion utilisateur', 'Discussion utilisatrice',
  'Usuario discusión', 'Usuaria discusión', 'Discussioni utente', 'Usuário Discussão', 'Usuária Discussão',
  'Utilizador Discussão', 'Overleg gebruiker', 'Dyskusja wikipedysty', 'Dyskusja wikipedystki', 'Dyskusja użytkownika',
  'Обсуждение участника', 'Обсуждение участницы', 'Обговорення користувача', 'Обговорення користувачки', 'Användardiskussion',
  'Brugerdiskussion', 'Brukerdiskusjon', 'Keskustelu käyttäjästä', 'Diskuse s uživatelem', 'Diskuse s uživatelkou',
  'Diskuse s wikipedistou', 'Diskuse s wikipedistkou', 'Szerkesztővita', 'Discuție Utilizator', 'Kullanıcı mesaj',
  'نقاش المستخدم', 'بحث کاربر', 'שיחת משתמש', 'שיחת משתמשת', '利用者‐会話', '用户讨论', '用戶討論', '使用者討論', '사용자토론',
  'Thảo luận Thành viên', 'Pembicaraan Pengguna', 'Συζήτηση χρήστη', 'Uzanto-Diskuto', 'Usuari Discussió', 'Diskussion Benutzer',
];

/** Special pages, by what they show. */
const PAGES = {
  contributions: [
    'Contributions', 'Contribs', 'Beiträge', 'Contribuciones', 'Contributi',
    'ContributiUtente', 'Contribuições', 'Bijdragen', 'Wkład', 'Вклад', 'Внесок', 'Унёсак', 'Приноси', 'Прилози', 'Doprinosi',
    'Bidrag', 'Brugerbidrag', 'Muokkaukset', 'Příspěvky', 'Príspevky', 'Szerkesztő közreműködései', 'Közreműködések',
    'Contribuții', 'Katkılar', 'KullanıcıKatkıları', 'مساهمات', 'مشارکت‌ها', 'תרומות', '投稿記録', '用户贡献', '用戶貢獻',
    '使用者貢獻', '기여', '기여목록', '사용자기여', 'Đóng góp', 'Kontribusi pengguna', 'Kontribusi', 'Συνεισφορές', 'Contribucions', 'Kontribuoj',
  ],
  diff: [
    'Diff', 'MobileDiff', 'Różnice', 'Изменения', '差分', 'تفاوت',
    'Diferenças entre edições', 'Mudanças entre edições',
  ],
  revision: [
    'PermanentLink', 'PermaLink', 'Permanenter Link', 'Lien permanent', 'Enlace permanente', 'LinkPermanente', 'Ligação permanente',
    'PermanenteVerwijzing', 'Niezmienny link', 'Постоянная ссылка', 'Постійне посилання', 'Permanent länk', 'Permanent lenke', 'Ikilinkki', 'Trvalý odkaz',
    '固定リンク', '固定链接', '永久链接',
  ],
  log: [
    'Log', 'Logs', 'Logbuch', 'Journal', 'Journaux', 'Registro',
    'Registros', 'Registri', 'Registo', 'Logboeken', 'Logboek', 'Rejestr', 'Logi', 'Журналы', 'Журнали', 'Logg', 'Logger', 'Loki', 'Protokolovací záznamy',
    'Rendszernaplók', 'Jurnal', 'Günlük', 'سجل', 'سجلات', 'سیاهه', 'יומנים', 'ログ', '日志', '日誌', '기록', 'Nhật trình', 'Catatan', 'Registre', 'Protokolo',
    // The log of the filter against abuse, where wikis are largest.
    'AbuseLog', 'Missbrauchsfilter-Logbuch', 'Journal du filtre antiabus', 'RegistroAbusos',
    'Registro de abusos', 'Rejestr nadużyć', 'Журнал злоупотреблений', 'Misbruiklogboek',
  ],
} as const;

export type SpecialPage = keyof typeof PAGES;

/** A title as MediaWiki compares it: composed, spaces for underscores, case of no matter here. */
function folded(name: string): string {
  return name.normalize('NFC').replace(/[_\s]+/g, ' ').trim().toLowerCase();
}

const special = new Set(SPECIAL.map(folded));
const user = new Set(USER.map(folded));
const userTalk = new Set(USER_TALK.map(folded));
const pages = new Map(
  Object.entries(PAGES).flatMap(([page, names]) => names.map((name) => [folded(name), page as SpecialPage] as const)),
);

/** What the namespace of a title is, as far as it matters here. */
export function namespaceOf(name: string): 'special' | 'user' | 'user-talk' | null {
  const wanted = folded(name);
  if (special.has(wanted)) return 'special';
  if (user.has(wanted)) return 'user';
  return userTalk.has(wanted) ? 'user-talk' : null;
}

/** What a special page shows, by its name without namespace; null for all others. */
export function specialPage(name: string): SpecialPage | null {
  return pages.get(folded(name)) ?? null;
}
