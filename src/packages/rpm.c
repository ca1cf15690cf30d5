/* SPDX-License-Identifier: Apache-2.0
 *
 * rpm's database, in the three forms that it had: a hash of Berkeley DB (Packages; until RHEL 8), "ndb" (Packages.db; SUSE) and SQLite (rpmdb.sqlite; Fedora
 * 33, RHEL 9 and later), in the folders of all times. What a file is, its magic decides. */
#include "packages/rpm.h"

#include "base/limits.h"
#include "packages/rpm_wal.h"

static const struct {
	bool (*is)(span bytes);
	void (*read)(const package_input *in, package_record *out);
} kinds[] = {
	{rpm_is_sqlite, rpm_sqlite_read},
	{rpm_is_ndb, rpm_ndb_read},
	{rpm_is_bdb, rpm_bdb_read},
};

static void journal_keep(const package_input *in, package_record *out)
{
	if (!wal_has_frames(in->bytes))
		return;
	rpm_pages *pages = ARENA_NEW(in->a, rpm_pages);
	*pages = (rpm_pages){arena_copy(in->a, in->bytes), true};
	out->more = pages;
}

static void rpm_read(const package_input *in, package_record *out)
{
	if (in->bytes.n == 0) /* made by `rpm --initdb`, or by a query of nothing */
		return;
	if (span_ends(in->name, SPAN("-wal"))) {
		journal_keep(in, out);
		return;
	}
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (kinds[i].is(in->bytes)) {
			kinds[i].read(in, out);
			return;
		}
	package_fault(in, out, ERROR_DAMAGED, 0, "an rpm database of no known kind");
}

#define RPM_FILES(folder)                                                        \
	{"Packages", folder}, {"Packages.db", folder}, {"rpmdb.sqlite", folder}, \
	{                                                                        \
		"rpmdb.sqlite-wal", folder                                       \
	}

const package_format format_rpm = {"rpm", rpm_read,
	{RPM_FILES("/var/lib/rpm"), RPM_FILES("/usr/lib/sysimage/rpm"), RPM_FILES("/usr/share/rpm")}};
