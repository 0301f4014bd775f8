// A file's name as its sender wrote it is not to be trusted: it must not hide what kind of file it
// is, nor lead anywhere else than the folder for downloads. Pure.

/** Bytes of UTF-8 that file systems take, with room for " (1)". */
const LONGEST = 200;
/** Names that are devices on Windows, whatever ending they have. */
const DEVICES = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/** Letters that cannot be seen, or that turn the order of others around so that `gnp.exe` ends in `png`. */
const UNSEEN = /[\p{Control}\p{Format}\p{Surrogate}\p{Private_Use}\p{Line_Separator}\p{Paragraph_Separator}]/gu;

/** The name under which a received file is saved. `fallback`: for one that has nothing left. */
export function savedName(name: string, fallback: string): string {
  const plain = name
    .normalize('NFC')
    .replace(UNSEEN, '')
    .replace(/[/\\:*?"<>|]/g, '_')
    .replace(/\s+/gu, ' ')
    // Hidden on one system, cut off on another.
    .replace(/^[.\s]+|[.\s]+$/gu, '');
  const named = plain === '' ? fallback : DEVICES.test(plain) ? `_${plain}` : plain;
  return shortened(named);
}

function shortened(name: string): string {
  const bytes = (text: string): number => new TextEncoder().encode(text).length;
  if (bytes(name) <= LONGEST) return name;
  const dot = name.lastIndexOf('.');
  const ending = dot > 0 && bytes(name.slice(dot)) <= 20 ? name.slice(dot) : '';
  const stem = [...name.slice(0, name.length - ending.length)];
  while (bytes(stem.join('')) + bytes(ending) > LONGEST) stem.pop();
  return stem.join('') + ending;
}
