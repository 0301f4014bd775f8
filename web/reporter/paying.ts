// A server in a flood may have come to ask for dearer stamps since its state was signed.
import type { Engine } from './engine.ts';
import { Trouble } from './trouble.ts';
import type { Frame } from './wire.ts';

/** How often a dearer stamp is found before a person is told. */
const STAMPS = 4;

/** Sends what is stamped; where its stamp has become too cheap, what `pay` makes of it for so many bits. */
export async function paying<Stamped, Answer>(
  stamped: Stamped,
  send: (stamped: Stamped) => Promise<Answer>,
  pay: (bits: number) => Promise<Stamped>,
): Promise<Answer> {
  for (let stamps = 1; ; stamps += 1) {
    try {
      return await send(stamped);
    } catch (error) {
      if (!(error instanceof Trouble) || error.bits === undefined || stamps === STAMPS) throw error;
      stamped = await pay(error.bits);
    }
  }
}

/** The frame of an envelope or part under a stamp of so many bits. */
export async function dearer(engine: Pick<Engine, 'call'>, envelope: number, bits: number): Promise<Frame> {
  await engine.call('demand', { envelope, bits });
  const { frame } = await engine.call('stamp', { envelope });
  return frame;
}
