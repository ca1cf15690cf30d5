/* SPDX-License-Identifier: Apache-2.0
 *
 * Setting and wrapping errors. */
#include "base/error.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

int error_set(error *e, error_code code, const char *format, ...)
{
	*e = (error){.code = (int)code};
	va_list args;
	va_start(args, format);
	vsnprintf(e->text, sizeof e->text, format, args);
	va_end(args);
	return -(int)code;
}

int error_set_at(error *e, error_code code, uint32_t line, uint32_t column, const char *format, ...)
{
	*e = (error){.code = (int)code, .line = line, .column = column};
	va_list args;
	va_start(args, format);
	vsnprintf(e->text, sizeof e->text, format, args);
	va_end(args);
	return -(int)code;
}

static error_code code_of(int sys)
{
	switch (sys) {
	case ENOENT:
	case ENOTDIR:
		return ERROR_ABSENT;
	case EACCES:
	case EPERM:
		return ERROR_DENIED;
	default:
		return ERROR_SYSTEM;
	}
}

int error_set_system(error *e, const char *format, ...)
{
	int sys = errno;
	*e = (error){.code = (int)code_of(sys), .sys = sys};
	va_list args;
	va_start(args, format);
	vsnprintf(e->text, sizeof e->text, format, args);
	va_end(args);
	size_t used = strlen(e->text);
	snprintf(e->text + used, sizeof e->text - used, ": %s", strerror(sys));
	return -e->code;
}

int error_wrap(error *e, const char *format, ...)
{
	char text[sizeof e->text];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	size_t used = strlen(text), room = sizeof text - used - 1, more = strlen(e->text);
	if (room > 2) { /* what does not fit is cut off */
		memcpy(text + used, ": ", 2);
		memcpy(text + used + 2, e->text, more < room - 2 ? more : room - 2);
		text[used + 2 + (more < room - 2 ? more : room - 2)] = 0;
	}
	memcpy(e->text, text, sizeof text);
	return -e->code;
}
