/* SPDX-License-Identifier: Apache-2.0
 *
 * Messages of the helper: fields lie inside the message, and what is written again reads the same. */
#include "fetch/message.h"
#include "fuzz.h"

FUZZ(bytes)
{
	arena a = {0};
	message m, again;
	error e;
	size_t used = 0;
	if (message_parse(bytes, &a, &m, &used, &e) > 0) {
		auto_buffer out = {0};
		FUZZ_HOLDS(used <= bytes.n);
		list_each(const message_field, f, &m.fields) {
			FUZZ_HOLDS(f->key.n > 0 && f->value.p >= bytes.p &&
				   f->value.p + f->value.n <= bytes.p + used);
			buffer_add(&out, f->key);
			message_add(&out, "", f->value);
		}
		message_end(&out, (span){0});
		buffer_add(&out, m.body);
		FUZZ_HOLDS(message_parse(buffer_span(&out), &a, &again, &used, &e) > 0);
		FUZZ_HOLDS(again.fields.count == m.fields.count && span_equal(again.body, m.body));
	}
	arena_done(&a);
}
