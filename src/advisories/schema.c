/* SPDX-License-Identifier: Apache-2.0
 *
 * The tables in SQL. */
#include "advisories/schema.h"

/* sources: what was imported; name tells them apart ("Debian/all"). newest: of .modified. kind: "advisories", "exploited", "probability".
 * ecosystems: key is lower case, name as it is written.
 * round: the import that said it last. advisories.identity: a hash of the id and, where nobody says when it was modified, of its first package: then the id alone does not tell
 * advisories apart. aliases, upstream, vectors: words separated by spaces. */
const char schema_sql[] =
	"PRAGMA application_id = 1651862635;"
	"PRAGMA user_version = 1;"
	"CREATE TABLE sources (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, imported INTEGER NOT NULL,"
	"  newest TEXT NOT NULL, count INTEGER NOT NULL, etag TEXT NOT NULL);"
	"CREATE TABLE ecosystems (number INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, name TEXT NOT NULL);"
	"CREATE TABLE advisories (number INTEGER PRIMARY KEY, identity INTEGER NOT NULL UNIQUE, source INTEGER NOT NULL, id TEXT NOT NULL,"
	"  modified TEXT NOT NULL, published TEXT NOT NULL, title TEXT NOT NULL, url TEXT NOT NULL, label TEXT NOT NULL,"
	"  vectors TEXT NOT NULL, aliases TEXT NOT NULL, upstream TEXT NOT NULL);"
	"CREATE TABLE affected (ecosystem INTEGER NOT NULL, name TEXT NOT NULL, advisory INTEGER NOT NULL, part INTEGER NOT NULL,"
	"  rules TEXT NOT NULL, PRIMARY KEY (ecosystem, name, advisory, part)) WITHOUT ROWID;"
	"CREATE TABLE exploited (cve TEXT PRIMARY KEY, added TEXT NOT NULL, due TEXT NOT NULL, ransomware INTEGER NOT NULL,"
	"  round INTEGER NOT NULL) WITHOUT ROWID;"
	"CREATE TABLE probability (cve TEXT PRIMARY KEY, probability REAL NOT NULL, percentile REAL NOT NULL,"
	"  round INTEGER NOT NULL) WITHOUT ROWID;";
