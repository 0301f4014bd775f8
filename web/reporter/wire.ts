// What the page and its Worker say to each other. Secrets (words aside, which the
// person must see) never cross this line: they live and die in the Worker's memory.

/** A member of the roster as the page shows them. */
export interface Member {
  serial: number;
  name: string;
  pronouns?: string;
  languages: string[];
  topics: string[];
  /** Last day of an absence, in days since 1970-01-01. */
  away_until?: number;
}

export interface Helpline {
  /** ISO 3166-1 code in capitals, or `*` for anywhere. */
  country: string;
  /** BCP 47 tag. */
  language: string;
  name: string;
  contact: string;
}

export interface LocalText {
  language: string;
  text: string;
}

export interface Organisation {
  name: string;
  promise_days: number;
  helplines: Helpline[];
  other_ways: LocalText[];
  neutral_exit: string;
}

/** What verified bytes say about this service: all the page needs to know before sending. */
export interface PublicView {
  organisation: Organisation;
  members: Member[];
  /** Day after which the roster is no longer valid. */
  expires: number;
  ttl_days: number;
  fetch_count: number;
  /** What is put within one epoch appears in the index together, when it closes. */
  epoch_seconds: number;
  /** Bytes of the largest file, and of all files of one letter. */
  file_bytes: number;
  message_bytes: number;
  today: number;
  /** No device has a fresh prekey: answers may take longer. */
  slow: boolean;
}

/** `sealable` is false where the roster is authentic but expired: show its helplines, send nothing. */
export interface Opened {
  sealable: boolean;
  view: PublicView;
}

/** What a reporter tells; only `text` is required. */
export interface ReportBody {
  text: string;
  where?: string;
  links?: string[];
  accounts?: string[];
  kinds?: string[];
  ongoing?: string;
  danger?: string;
  wishes?: string[];
  languages?: string[];
  safe_times?: string;
  pronouns?: string;
  call_me?: string;
  for_whom?: string;
}

/** The 12 words in the language asked for, or in English where there are none in it. */
export interface Words {
  language: string;
  words: string[];
}

/** What is taken out of pictures, the most telling first. */
export type Removed =
  | 'location'
  | 'serial-number'
  | 'author'
  | 'time'
  | 'camera'
  | 'description'
  | 'software'
  | 'preview'
  | 'appended-data'
  | 'camera-settings'
  | 'color-profile'
  | 'other-metadata';

/** What a letter says about a file beside its content. */
export interface FileAbout {
  name: string;
  type: string;
  kept_original: boolean;
  removed: Removed[];
}

/** A sealed envelope that waits in the Worker for its stamp. */
export interface Outgoing {
  /** Names the envelope inside the Worker. */
  envelope: number;
  day: number;
}

/** `missing`: the epoch that the server signed for has closed without the envelope. */
export type RecordState = 'recorded' | 'not-yet' | 'missing';

export type Status = 'received' | 'reading' | 'answered' | 'waiting-for-you' | 'closed';

/** What a counselor would like to show to somebody, and what the reporter said to it. */
export interface ConsentView {
  /** Who would see it. */
  to: string;
  items: { what: string; answer: Consent | null }[];
  /** The day of the newest answer, where there is one. */
  answered: number | null;
}

export type Consent = 'yes' | 'no';

/** A file that goes with a message. Name and type are its sender's words: not to be trusted. */
export interface AttachmentView {
  name: string;
  type: string;
  size: number;
}

/** One verified message; what else the Worker knows of it the page does not need. */
export interface MessageView {
  /** Names the message in its conversation. */
  digest: string;
  /** 0 is the reporter, other numbers are devices. */
  writer: number;
  /** The counselor, where one wrote it. */
  serial: number | null;
  /** Their name, where the roster still has it. */
  name: string | null;
  kind: 'report' | 'message' | 'reply' | 'key-change' | 'withdraw';
  day: number;
  text: string | null;
  status: Status | null;
  /** What it asks consent for. */
  consent: ConsentView | null;
  /** The request that it answers. */
  consent_to: string | null;
  attachments: AttachmentView[];
  /** Whether it follows its writer's message before. */
  continuity: 'begins' | 'continues' | 'gap';
}

export interface ConversationView {
  messages: MessageView[];
  /** Serials of those whom the reporter allowed last; null where no authentic list is in view. */
  readers: number[] | null;
  /** Letters that are listed, but are missing or did not pass the checks. */
  refused: number;
  /** Letters that are listed and were not fetched yet. */
  older: number;
}

/** Each call of the Worker: what goes in, what comes out. */
export interface Calls {
  open: {
    args: Record<'instance' | 'state' | 'rosters' | 'prekeys' | 'index', Uint8Array> & { now: number };
    answer: Opened;
  };
  /** Makes the codename of a first report; the Worker keeps it. */
  'new-codename': { args: Record<never, never>; answer: Record<never, never> };
  /** That codename as 12 words. */
  words: { args: { language: string }; answer: Words };
  'compose-report': { args: { readers: number[]; body: ReportBody; files: number[] }; answer: Outgoing };
  /** `readers`: those ticked where no authentic list is in view; null where one is. */
  'compose-message': { args: { text: string; readers: number[] | null; files: number[] }; answer: Outgoing };
  /** The answer to a request, item by item; `readers` as in `compose-message`. */
  'compose-consent': { args: { request: string; items: Consent[]; readers: number[] | null }; answer: Outgoing };
  /** The wish that everything be deleted, to those who could read so far. */
  'compose-withdraw': { args: Record<never, never>; answer: Outgoing };
  /** Bodies of the requests that delete the reporter's own envelopes; to be asked before withdrawing. */
  deletions: { args: Record<never, never>; answer: { frames: Uint8Array[] } };
  'compose-decoy': { args: Record<never, never>; answer: Outgoing };
  /** The frame of a put, stamp included: ready to be sent, and the same again on every retry. */
  stamp: { args: { envelope: number }; answer: { frame: Frame } };
  /** The server asks for a stamp of more bits than the state said; the next `stamp` finds it. */
  demand: { args: { envelope: number; bits: number }; answer: Record<never, never> };
  /** Tries some stamps for the report that the new words will send, before it is written. */
  'early-stamp': { args: Record<never, never>; answer: { found: boolean } };
  /** The place of the envelope was found occupied: the next one composed takes another. */
  occupied: { args: { envelope: number }; answer: Record<never, never> };
  'verify-promise': { args: { envelope: number; promise: Uint8Array }; answer: { epoch: number } };
  /** Whether a sent envelope stands in the index that was opened last. */
  record: { args: { envelope: number }; answer: { record: RecordState } };
  /** Takes the words; `request` is the body of the first fetch, `listed` how many letters the index has. */
  mailbox: { args: { words: string }; answer: { request: Uint8Array; listed: number } };
  /** Reads a fetch answer and says what is known so far. */
  read: { args: { answer: Uint8Array }; answer: ConversationView };
  /** The body of a further fetch for older messages, or null where none is left. */
  older: { args: Record<never, never>; answer: { request: Uint8Array | null } };
  /** The same request under a stamp of more bits. */
  'pay-fetch': { args: { request: Uint8Array; bits: number }; answer: { request: Uint8Array } };
  /** The body of a fetch that looks for nothing, for visits that only write. */
  'cover-fetch': { args: Record<never, never>; answer: { request: Uint8Array } };
  /** A picture without its metadata; null where it is another kind of file. */
  'clean-picture': {
    args: { bytes: Uint8Array };
    answer: { picture: { data: Uint8Array; type: string; removed: Removed[] } | null };
  };
  /** Begins a file of so many bytes; later calls and the letter name it by this number. `hashed`: by a second Worker. */
  'begin-file': { args: { size: number; hashed: boolean }; answer: { file: number } };
  /** The bytes that the next part is made of; null after the last. */
  'file-wants': { args: { file: number }; answer: { slice: { from: number; until: number } | null } };
  /** Seals the next part; it is stamped and put as an envelope is. */
  'compose-part': { args: { file: number; follows_up: boolean; data: Blob }; answer: Outgoing };
  /** Asked of the second Worker: takes the next slice of a file that the first one seals. */
  'hash-slice': { args: { file: number; data: Blob }; answer: Record<never, never> };
  /** SHA-256 of all those slices. */
  digest: { args: { file: number }; answer: { sha256: Uint8Array } };
  /** All parts were put: from now on the file can go with a letter. `sha256`: where a second Worker hashed. */
  'finish-file': { args: { file: number; about: FileAbout; sha256: Uint8Array | null }; answer: Record<never, never> };
  'forget-file': { args: { file: number }; answer: Record<never, never> };
  /** Begins to open the file at `place` of a message of the conversation, named by its digest. */
  'begin-opening': { args: { message: string; place: number }; answer: { file: number } };
  /** The body of the fetch of the next part; null after the last. */
  'part-request': { args: { file: number }; answer: { request: Uint8Array | null } };
  /** The next bytes of the file. */
  'open-part': { args: { file: number; answer: Blob }; answer: { data: Blob } };
  /** Fails where the whole is not the file that was sent. */
  'finish-opening': { args: { file: number }; answer: Record<never, never> };
  /** The words of every language that begin like this. */
  complete: { args: { prefix: string }; answer: { words: string[] } };
  /** Forgets codename, drafts and keys. */
  wipe: { args: Record<never, never>; answer: Record<never, never> };
}

export type Operation = keyof Calls;

export interface Request<Op extends Operation = Operation> {
  id: number;
  op: Op;
  args: Calls[Op]['args'];
}

export type Response =
  | { id: number; ok: unknown }
  | { id: number; error: { code: string; position?: number } }
  /** Said once: the lock that the Worker holds as long as it lives. */
  | { lifeline: string }
  /** Said once by a Worker with WebAssembly: its program, for a second Worker. */
  | { program: WebAssembly.Module };

/** The frame of an envelope, or of a part, which is large. */
export type Frame = Uint8Array | Blob;

/** What a second Worker is told first: the program that the first one has compiled. */
export interface Handover {
  program: WebAssembly.Module;
}

/** The name of a second Worker, by which it knows that it is one. */
export const SECOND = 'second';
