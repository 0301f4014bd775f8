// Files a person chose: what of them will be sent, and whether they may be. Pure.
import type { Removed } from '../wire.ts';

/** What a picture was found to be once its metadata was taken out. */
export interface CleanCopy {
  bytes: Blob;
  /** What was taken out, the most telling first. */
  removed: Removed[];
}

/** What is known about a chosen file. */
export type Look =
  | { is: 'looking' }
  /** A picture: this is what is sent, unless the original is kept. */
  | { is: 'picture'; clean: CleanCopy }
  /** Nothing can be said about what is in it, so it goes as it is. */
  | { is: 'opaque' }
  /** Begins like a picture and is damaged: only the original can go. */
  | { is: 'damaged' };

export interface Chosen {
  readonly file: File;
  look: Look;
  /** Whether the original goes, metadata included. */
  original: boolean;
}

/** What goes over the wire of a chosen file. */
export interface ToSend {
  name: string;
  type: string;
  bytes: Blob;
  kept_original: boolean;
  removed: Removed[];
}

/** More files than anybody reads, and as many as one letter has room to describe. */
export const MOST_FILES = 20;

/** The longest name, in UTF-16 units; what is beyond is cut out of its middle. */
const LONGEST_NAME = 120;

/** A name short enough for a letter, with its ending kept. */
export function shortName(name: string): string {
  const letters = [...name];
  if (letters.length <= LONGEST_NAME) return name;
  const half = (LONGEST_NAME - 1) / 2;
  return `${letters.slice(0, Math.ceil(half)).join('')}…${letters.slice(-Math.floor(half)).join('')}`;
}

/** What will be sent of it. */
export function toSend(chosen: Chosen): ToSend {
  const { file, look } = chosen;
  const cleaned = look.is === 'picture' && !chosen.original;
  return {
    name: shortName(file.name),
    type: cleaned ? look.clean.bytes.type : file.type,
    bytes: cleaned ? look.clean.bytes : file,
    kept_original: !cleaned,
    removed: cleaned ? look.clean.removed : [],
  };
}

export interface Limits {
  file_bytes: number;
  message_bytes: number;
}

/** Why a file is not taken. */
export type Refusal = 'file-empty' | 'file-too-large' | 'files-too-large' | 'files-too-many';

/** Whether `size` more bytes may go with files of `others` bytes; null where they may. */
export function refusal(size: number, others: readonly number[], limits: Limits): Refusal | null {
  if (size === 0) return 'file-empty';
  if (size > limits.file_bytes) return 'file-too-large';
  if (others.length >= MOST_FILES) return 'files-too-many';
  const all = others.reduce((sum, one) => sum + one, size);
  return all > limits.message_bytes ? 'files-too-large' : null;
}
