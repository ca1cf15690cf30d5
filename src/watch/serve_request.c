/* SPDX-License-Identifier: Apache-2.0
 *
 * Heads of requests, RFC 9112 sections 2 to 5, as strictly as it allows: what is not understood is refused, not guessed. */
#include "watch/serve.h"

#include "base/limits.h"

static bool token(span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_alpha(s.p[i]) && !ascii_digit(s.p[i]) && !strchr("!#$%&'*+-.^_`|~", s.p[i]))
			return false;
	return s.n > 0;
}

static bool printable(span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] == 0x7f)
			return false;
	return s.n > 0;
}

/* A line without its end; CR LF, or LF alone. */
static bool line_cut(span *rest, span *ret)
{
	size_t end = span_find_byte(*rest, '\n');
	if (end == SPAN_NONE)
		return false;
	*ret = span_sub(*rest, 0, end);
	if (ret->n && ret->p[ret->n - 1] == '\r')
		ret->n--;
	*rest = span_from(*rest, end + 1);
	return true;
}

static int first_line(span line, serve_request *ret)
{
	span target = {0};
	if (!span_cut(&line, ' ', &ret->method) || !span_cut(&line, ' ', &target))
		return -400;
	if (!token(ret->method) || !printable(target) || target.p[0] != '/' ||
		!span_starts(line, SPAN("HTTP/")))
		return -400;
	if (!span_is(line, "HTTP/1.1") && !span_is(line, "HTTP/1.0"))
		return -505;
	ret->path = span_sub(target, 0, span_find_byte(target, '?'));
	return 1;
}

/* A body would be another request's beginning. */
static int field(span line)
{
	span name = span_sub(line, 0, span_find_byte(line, ':'));
	span value = span_trim(span_from(line, name.n + 1));
	if (name.n == line.n || !token(name))
		return -400;
	if (span_is_fold(name, "transfer-encoding") ||
		(span_is_fold(name, "content-length") && !span_is(value, "0")))
		return -413;
	return 1;
}

int serve_request_parse(span bytes, serve_request *ret)
{
	serve_request q = {0};
	span rest = bytes, line;
	int status = 1;
	for (bool first = true; status > 0; first = false) {
		if (!line_cut(&rest, &line))
			return bytes.n >= LIMIT_SERVE_HEAD ? -431 : 0;
		if (!first && line.n == 0)
			break;
		status = first ? first_line(line, &q) : field(line);
	}
	if (status < 0)
		return status;
	*ret = q;
	return 1;
}
