#include "Ccompression.h"

#include <stdlib.h>
#include <zlib.h>
#include <zstd.h>

struct decompressor {
	enum compression kind;
	z_stream gzip;
	ZSTD_DStream *zstd;
};

struct decompressor *decompressor_make(enum compression kind)
{
	struct decompressor *made = calloc(1, sizeof *made);

	if (!made)
		return NULL;
	made->kind = kind;
	if (kind == COMPRESSION_GZIP) {
		// 15 bits of window, and gzip's frame around it.
		if (inflateInit2(&made->gzip, 15 + 16) == Z_OK)
			return made;
	} else {
		made->zstd = ZSTD_createDStream();
		if (made->zstd)
			return made;
	}
	free(made);
	return NULL;
}

void decompressor_free(struct decompressor *decompressor)
{
	if (decompressor->kind == COMPRESSION_GZIP)
		inflateEnd(&decompressor->gzip);
	else
		ZSTD_freeDStream(decompressor->zstd);
	free(decompressor);
}

int decompressor_run(struct decompressor *decompressor, const uint8_t *input, size_t count, size_t *taken, uint8_t *output, size_t room, size_t *made)
{
	*taken = 0;
	*made = 0;
	if (decompressor->kind == COMPRESSION_GZIP) {
		z_stream *gzip = &decompressor->gzip;
		int result;

		// Its counts are of 32 bits: pieces are smaller.
		if (count > 1 << 30)
			count = 1 << 30;
		if (room > 1 << 30)
			room = 1 << 30;
		gzip->next_in = (uint8_t *)input;
		gzip->avail_in = (uInt)count;
		gzip->next_out = output;
		gzip->avail_out = (uInt)room;
		result = inflate(gzip, Z_NO_FLUSH);
		*taken = count - gzip->avail_in;
		*made = room - gzip->avail_out;
		if (result == Z_STREAM_END)
			return inflateReset(gzip) == Z_OK ? 1 : -1;
		return result == Z_OK || result == Z_BUF_ERROR ? 0 : -1;
	}
	ZSTD_inBuffer in = {input, count, 0};
	ZSTD_outBuffer out = {output, room, 0};
	size_t left = ZSTD_decompressStream(decompressor->zstd, &out, &in);

	*taken = in.pos;
	*made = out.pos;
	if (ZSTD_isError(left))
		return -1;
	return left == 0;
}
