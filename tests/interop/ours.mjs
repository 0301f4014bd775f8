// Programs of `tests/interop/*.rs`. They are built with what the whole workspace asks of its crates,
// as the Rust tests are: so next to nothing is compiled twice.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

/** Builds one and gives its path. */
export function built(program) {
  const line = ['build', '--quiet', '--locked', '--workspace', '--bin', program, '--message-format=json'];
  const messages = execFileSync('cargo', line, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 26 });
  const made = messages.split('\n').filter((message) => message.startsWith('{')).map((message) => JSON.parse(message));
  return made.find(({ executable, target }) => executable && target.name === program).executable;
}
