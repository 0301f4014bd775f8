// What files and their metadata are called on the page.
import { language, listInWords, text, type MessageKey } from '../../shared/say.ts';
import type { Removed } from '../wire.ts';

const REMOVED: Record<Removed, MessageKey> = {
  location: 'metadata-location',
  'serial-number': 'metadata-serial-number',
  author: 'metadata-author',
  time: 'metadata-time',
  camera: 'metadata-camera',
  description: 'metadata-description',
  software: 'metadata-software',
  preview: 'metadata-preview',
  'appended-data': 'metadata-appended-data',
  'camera-settings': 'metadata-camera-settings',
  'color-profile': 'metadata-color-profile',
  'other-metadata': 'metadata-other',
};

/** "location, camera and other details" */
export function removedInWords(removed: readonly Removed[]): string {
  return listInWords(removed.map((one) => text(REMOVED[one])));
}

/** "3.4 MB" as people write it; with 1,000 bytes in a kilobyte, and never more than there is. */
export function sizeInWords(bytes: number): string {
  const [unit, divisor] =
    bytes < 1_000 ? (['byte', 1] as const) : bytes < 1_000_000 ? (['kilobyte', 1_000] as const) : (['megabyte', 1_000_000] as const);
  const format = new Intl.NumberFormat(language(), {
    style: 'unit',
    unit,
    unitDisplay: unit === 'byte' ? 'long' : 'short',
    maximumFractionDigits: 1,
  });
  const size = bytes / divisor;
  // From ten of them on nobody minds the tenths.
  return format.format(unit === 'megabyte' && size < 10 ? Math.floor(size * 10) / 10 : Math.floor(size));
}
