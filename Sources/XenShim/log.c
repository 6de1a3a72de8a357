// Errors told to a caller's xentoollog logger, or to standard error when it gave none, as Xen's libraries do
// (xentoollog.h).
#define _GNU_SOURCE
#include "log.h"
#include "protocol.h"
#include <errno.h>
#include <stdlib.h>

static void log_text(xentoollog_logger *logger, const char *library, const char *what, const char *where)
{
	int saved = errno;
	xentoollog_logger *own = NULL;

	if (!logger)
		logger = own = (xentoollog_logger *)xtl_createlogger_stdiostream(stderr, XTL_PROGRESS, 0);
	if (logger)
		xtl_log(logger, XTL_ERROR, saved, library, "%s%s", what, where);
	xtl_logger_destroy(own);
	errno = saved;
}

void log_failure(xentoollog_logger *logger, const char *library, const char *what)
{
	log_text(logger, library, what, "");
}

void log_unreachable(xentoollog_logger *logger, const char *library)
{
	const char *where = secure_getenv("XSM_HYPERVISOR");

	log_text(logger, library, "no connection to the hypervisor at ", where && *where ? where : DEFAULT_SOCKET);
}
