/* SPDX-License-Identifier: Apache-2.0
 *
 * Which running containers are made of images that were scanned lately. */
#include "commands/audit.h"

#include "base/files.h"
#include "inventory/records.h"

/* A scan counts when it is complete, asked advisories, and is no older than it may be. */
static const char *state_of(const audit_options *o, const scan_record *record, int64_t now)
{
	bool fresh = record->complete && record->database_date.n && now - record->time <= o->age;
	return fresh ? "fresh" : "stale";
}

static int fill(const audit_options *o, scan_records *records, workload *w, arena *a, error *e)
{
	scan_record record;
	span image = w->document->running->image_id;
	const char *state = "never";
	if (!image.n)
		return 0; /* nobody knows what it is made of */
	int got = records ? scan_records_get(records, image, a, &record, e) : 0;
	if (got < 0)
		return got;
	if (got > 0)
		state = state_of(o, &record, (int64_t)time(NULL));
	posture_set_text(
		&w->posture, FACT_scan_state, KNOWN_CONFIGURED, span_of(state), w->posture.image.origin);
	return 0;
}

int audit_scanned(const audit_options *o, bundle *b, error *e)
{
	scan_records *records = NULL;
	const char *folder = scan_records_folder(b->arena);
	int status = 0;
	/* Opening them would make the folder: whoever only looks does not. */
	if (folder && files_is_folder(folder))
		TRY(scan_records_open(folder, &records, e));
	list_each(workload *const, w, &b->workloads)
		if (status >= 0 && (*w)->document->running)
			status = fill(o, records, *w, b->arena, e);
	scan_records_close(records);
	return status;
}
