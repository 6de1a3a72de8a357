#include "Csqlite.h"

int csqlite_bind_bytes(sqlite3_stmt *statement, int parameter, const void *bytes, uint64_t count)
{
	return sqlite3_bind_blob64(statement, parameter, count ? bytes : "", count, SQLITE_TRANSIENT);
}
