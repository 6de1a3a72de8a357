// A thin door to zlib and libzstd: compressed bytes in, plain ones out, a piece at a time.

#ifndef CCOMPRESSION_H
#define CCOMPRESSION_H

#include <stddef.h>
#include <stdint.h>

enum compression { COMPRESSION_GZIP, COMPRESSION_ZSTD };

struct decompressor;

// NULL when there is no memory for it.
struct decompressor *decompressor_make(enum compression kind);
void decompressor_free(struct decompressor *decompressor);

// Takes from `input` and makes up to `room` bytes; says how many of each. Returns 1 at the end of what was compressed in one piece, behind which another one
// may follow; 0 otherwise; -1 when the bytes are not what they should be.
int decompressor_run(struct decompressor *decompressor, const uint8_t *input, size_t count, size_t *taken, uint8_t *output, size_t room, size_t *made);

#endif
