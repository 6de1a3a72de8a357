// A thin door to SQLite, and what of it Swift does not see: macros that are casts.

#ifndef CSQLITE_H
#define CSQLITE_H

#include <sqlite3.h>
#include <stdint.h>

// Binds bytes, which are copied; no bytes are an empty blob, not NULL.
int csqlite_bind_bytes(sqlite3_stmt *statement, int parameter, const void *bytes, uint64_t count);

#endif
