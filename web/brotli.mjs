// Standard input, as small as brotli makes it, to standard output. The sizes are final: so it takes
// the time that the last percent needs.
import { readFileSync, writeSync } from 'node:fs';
import { brotliCompressSync, constants } from 'node:zlib';

const plain = readFileSync(0);
const packed = brotliCompressSync(plain, {
  params: {
    [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
    [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
    [constants.BROTLI_PARAM_SIZE_HINT]: plain.length,
  },
});
for (let written = 0; written < packed.length; ) written += writeSync(1, packed, written);
