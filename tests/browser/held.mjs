// What the tests of a file have from before the first of them until after the last.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { startWorld } from './world.mjs';

/** The instance; `startWorld` says which. */
export function withWorld(name) {
  const world = {};
  before(async () => {
    Object.assign(world, await startWorld(name));
  });
  after(() => world.stop?.());
  return world;
}

/** A folder of this machine: gives the path of a file in it. */
export function withFolder() {
  let folder;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'beistand-files-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));
  return (name) => join(folder, name);
}
