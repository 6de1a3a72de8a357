// Errors told to a caller's xentoollog logger, or to standard error when it gave none.
#pragma once
#include <xentoollog.h>

// Says what failed and errno, which is kept.
void log_failure(xentoollog_logger *logger, const char *library, const char *what);

// Says that the daemon could not be reached, and where it was looked for.
void log_unreachable(xentoollog_logger *logger, const char *library);
