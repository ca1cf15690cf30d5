/* SPDX-License-Identifier: Apache-2.0
 *
 * Writing JSON. */
#include "formats/json_write.h"

#include "formats/utf8.h"

#include <stdio.h>

static void add_escaped(buffer *out, span s)
{
	static const char short_forms[] = {
		['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'};
	size_t plain = 0; /* start of what needs no escape */
	for (size_t i = 0; i < s.n;) {
		uint8_t c = (uint8_t)s.p[i];
		uint32_t length = 1;
		size_t n = utf8_decode(s.p + i, s.n - i, &length) < 0 ? 0 : length;
		if (n > 0 && c >= 0x20 && c != '"' && c != '\\' && c != 0x7f) {
			i += n;
			continue;
		}
		buffer_add(out, span_sub(s, plain, i - plain));
		if (n == 0)
			buffer_add_string(out, "\xef\xbf\xbd");
		else if (c == '"' || c == '\\')
			buffer_format(out, "\\%c", c);
		else if (c < sizeof short_forms && short_forms[c])
			buffer_format(out, "\\%c", short_forms[c]);
		else
			buffer_format(out, "\\u%04x", c);
		i += n ? n : 1;
		plain = i;
	}
	buffer_add(out, span_from(s, plain));
}

static void add_key(json_writer *w, const char *key)
{
	if (w->comma)
		buffer_add_byte(w->out, ',');
	w->comma = true;
	if (!key)
		return;
	buffer_add_byte(w->out, '"');
	buffer_add_string(w->out, key);
	buffer_add(w->out, SPAN("\":"));
}

void json_open(json_writer *w, const char *key, char bracket)
{
	add_key(w, key);
	buffer_add_byte(w->out, bracket);
	w->comma = false;
}

void json_close(json_writer *w, char bracket)
{
	buffer_add_byte(w->out, bracket);
	w->comma = true;
}

void json_text(json_writer *w, const char *key, span value)
{
	add_key(w, key);
	buffer_add_byte(w->out, '"');
	add_escaped(w->out, value);
	buffer_add_byte(w->out, '"');
}

void json_string(json_writer *w, const char *key, const char *value)
{
	if (value) {
		json_text(w, key, span_of(value));
		return;
	}
	add_key(w, key);
	buffer_add_string(w->out, "null");
}

void json_number(json_writer *w, const char *key, int64_t value)
{
	add_key(w, key);
	buffer_add_signed(w->out, value);
}

void json_hex(json_writer *w, const char *key, uint64_t value)
{
	char digits[16];
	for (int i = 15; i >= 0; i--, value >>= 4)
		digits[i] = "0123456789abcdef"[value & 15];
	json_text(w, key, (span){digits, sizeof digits});
}

void json_real(json_writer *w, const char *key, double value)
{
	add_key(w, key);
	char text[64]; /* to the millionth, without zeros at the end */
	int n = snprintf(text, sizeof text, "%.6f", value);
	while (n > 2 && text[n - 1] == '0' && text[n - 2] != '.')
		n--;
	buffer_add(w->out, (span){text, (size_t)n});
}

void json_truth(json_writer *w, const char *key, bool value)
{
	add_key(w, key);
	buffer_add_string(w->out, value ? "true" : "false");
}

void json_words(json_writer *w, const char *key, const char *words)
{
	span rest = span_of(words), word;
	json_open(w, key, '[');
	while (span_word(&rest, &word))
		json_text(w, NULL, word);
	json_close(w, ']');
}
