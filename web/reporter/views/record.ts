// "Sent", then "recorded": one line that follows an envelope into the public index.
import type { Visit } from '../visit.ts';
import type { Sent } from '../sending.ts';
import { notice, type Notice } from './notice.ts';
import type { MessageKey } from '../../shared/say.ts';

/** The line below something that was sent. `sentence`: what is said at first. */
export function recordLine(visit: Visit, sent: Sent, sentence: MessageKey): Notice {
  const line = notice();
  line.show('good', sentence);
  visit.expectRecord(sent.envelope, sent.epoch, (record) => {
    if (record === 'recorded') line.show('good', 'record-recorded');
    else line.show('care', 'record-missing');
  });
  return line;
}
