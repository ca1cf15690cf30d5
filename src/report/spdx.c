/* SPDX-License-Identifier: Apache-2.0
 *
 * SPDX 2.3 (ISO/IEC 5962 in its later edition) of one image, as JSON. The same image gives the same bytes but for creationInfo.created. Licences are
 * given as they are written where that is an SPDX expression of identifiers that are known here, else as a reference to their text. */
#include "base/map.h"
#include "report/bom.h"
#include "report/image.h"
#include "version.h"

/* Identifiers that are common in packages (spdx.org/licenses). What is not here is no worse off: its words are given in full. */
static const char known_licences[] =
	"0BSD AFL-2.1 AGPL-3.0 AGPL-3.0-only AGPL-3.0-or-later Apache-1.1 Apache-2.0 Artistic-1.0 Artistic-2.0 BlueOak-1.0.0 BSD-1-Clause "
	"BSD-2-Clause BSD-3-Clause BSD-4-Clause BSL-1.0 bzip2-1.0.6 CC-BY-3.0 CC-BY-4.0 CC0-1.0 CDDL-1.0 CDDL-1.1 CPL-1.0 curl EPL-1.0 "
	"EPL-2.0 EUPL-1.2 FSFAP FTL GFDL-1.3-or-later GPL-1.0-or-later GPL-2.0 GPL-2.0-only GPL-2.0-or-later GPL-2.0+ GPL-3.0 GPL-3.0-only "
	"GPL-3.0-or-later GPL-3.0+ HPND ICU ISC LGPL-2.0-only LGPL-2.0-or-later LGPL-2.0 LGPL-2.1 LGPL-2.1-only LGPL-2.1-or-later LGPL-2.1+ "
	"LGPL-3.0 LGPL-3.0-only LGPL-3.0-or-later libpng-2.0 MIT MIT-0 MPL-1.1 MPL-2.0 MS-PL NCSA NTP OFL-1.1 OLDAP-2.8 OpenSSL "
	"PHP-3.01 PostgreSQL PSF-2.0 Python-2.0 Ruby Sleepycat SSH-OpenSSH Unicode-DFS-2016 Unicode-3.0 Unlicense UPL-1.0 Vim W3C WTFPL X11 Zlib "
	"zlib-acknowledgement ZPL-2.1";

static bool is_expression(span licence)
{
	span rest = licence, word;
	bool operand = true; /* expected next */
	while (span_word(&rest, &word)) {
		while (word.n && word.p[0] == '(')
			word = span_from(word, 1);
		while (word.n && word.p[word.n - 1] == ')')
			word.n--;
		bool sign = span_in(word, "AND OR WITH");
		if (sign == operand || (!sign && !span_in(word, known_licences)))
			return false;
		operand = sign;
	}
	return !operand;
}

/* --- licences that are given by their words --- */

typedef struct extracted {
	map ids; /* words -> the reference */
	LIST(span) words;
	arena *arena;
} extracted;

static span reference_of(extracted *x, span words)
{
	span *id = map_get(&x->ids, words);
	if (id)
		return *id;
	id = ARENA_NEW(x->arena, span);
	*id = arena_format(x->arena, "LicenseRef-%u", x->words.count + 1);
	list_push(x->arena, &x->words, words);
	map_set(&x->ids, x->arena, words, id);
	return *id;
}

static span licence_of(extracted *x, span licence)
{
	if (licence.n == 0)
		return SPAN("NOASSERTION");
	return is_expression(licence) ? licence : reference_of(x, licence);
}

static void write_extracted(json_writer *w, const extracted *x)
{
	if (x->words.count == 0)
		return;
	json_open(w, "hasExtractedLicensingInfos", '[');
	list_each(const span, words, &x->words) {
		json_open(w, NULL, '{');
		json_text(w, "licenseId", *(const span *)map_get(&x->ids, *words));
		json_text(w, "name", *words);
		json_text(w, "extractedText", *words);
		json_close(w, '}');
	}
	json_close(w, ']');
}

/* --- packages --- */

static void write_reference(json_writer *w, span purl)
{
	if (purl.n == 0)
		return;
	json_open(w, "externalRefs", '[');
	json_open(w, NULL, '{');
	json_string(w, "referenceCategory", "PACKAGE-MANAGER");
	json_string(w, "referenceType", "purl");
	json_text(w, "referenceLocator", purl);
	json_close(w, '}');
	json_close(w, ']');
}

static void write_package(json_writer *w, const inventory *im, const inventory_package *p, uint32_t number,
	extracted *x, arena *a)
{
	const package *of = p->package;
	json_open(w, NULL, '{');
	json_text(w, "SPDXID", arena_format(a, "SPDXRef-Package-%u", number + 1));
	json_text(w, "name", of->name);
	json_text(w, "versionInfo", of->version);
	json_text(w, "supplier",
		of->vendor.n ? arena_format(a, "Organization: %.*s", SPAN_ARG(of->vendor))
			     : SPAN("NOASSERTION"));
	json_string(w, "downloadLocation", "NOASSERTION");
	json_truth(w, "filesAnalyzed", false);
	json_text(w, "sourceInfo",
		of->source.n ? arena_format(a, "built from %.*s %.*s; found in %s", SPAN_ARG(of->source),
				       SPAN_ARG(of->source_version.n ? of->source_version : of->version),
				       p->spot->text.path)
			     : arena_format(a, "found in %s", p->spot->text.path));
	json_string(w, "licenseConcluded", "NOASSERTION");
	json_text(w, "licenseDeclared", licence_of(x, of->licence));
	json_string(w, "copyrightText", "NOASSERTION");
	write_reference(w, p->purl);
	if (p->spot->layer != NO_LAYER && p->spot->layer < im->layer_count)
		json_text(w, "comment",
			arena_format(a, "layer %u, %.*s", p->spot->layer + 1u,
				SPAN_ARG(im->layers[p->spot->layer].diff_id)));
	json_string(w, "primaryPackagePurpose", of->type == PACKAGE_BINARY ? "APPLICATION" : "LIBRARY");
	json_close(w, '}');
}

static void write_image(json_writer *w, const inventory *im)
{
	span digest = im->digest.n ? im->digest : im->config_digest;
	json_open(w, NULL, '{');
	json_string(w, "SPDXID", "SPDXRef-Image");
	json_string(w, "name", im->name);
	if (digest.n)
		json_text(w, "versionInfo", digest);
	json_string(w, "downloadLocation", "NOASSERTION");
	json_truth(w, "filesAnalyzed", false);
	json_string(w, "licenseConcluded", "NOASSERTION");
	json_string(w, "licenseDeclared", "NOASSERTION");
	json_string(w, "copyrightText", "NOASSERTION");
	json_string(w, "primaryPackagePurpose", "CONTAINER");
	json_close(w, '}');
}

static void relate(json_writer *w, const char *from, const char *how, span to)
{
	json_open(w, NULL, '{');
	json_string(w, "spdxElementId", from);
	json_string(w, "relationshipType", how);
	json_text(w, "relatedSpdxElement", to);
	json_close(w, '}');
}

static void write_head(json_writer *w, const inventory *im, arena *a)
{
	json_string(w, "spdxVersion", "SPDX-2.3");
	json_string(w, "dataLicense", "CC0-1.0");
	json_string(w, "SPDXID", "SPDXRef-DOCUMENT");
	json_string(w, "name", im->name);
	json_text(w, "documentNamespace", arena_format(a, "urn:uuid:%.*s", SPAN_ARG(bom_uuid(im, a))));
	json_open(w, "creationInfo", '{');
	json_text(w, "created", bom_time(a));
	json_open(w, "creators", '[');
	json_string(w, NULL, "Tool: bulkhead-" BULKHEAD_VERSION);
	json_close(w, ']');
	json_close(w, '}');
	json_open(w, "documentDescribes", '[');
	json_string(w, NULL, "SPDXRef-Image");
	json_close(w, ']');
}

void report_spdx(const report *r, buffer *out)
{
	const inventory *im = bom_image(r);
	if (!im)
		return;
	json_writer w = {.out = out};
	extracted licences = {.arena = r->arena};
	json_open(&w, NULL, '{');
	write_head(&w, im, r->arena);
	json_open(&w, "packages", '[');
	write_image(&w, im);
	for (uint32_t i = 0; i < im->packages.count; i++) {
		write_package(&w, im, &im->packages.items[i], i, &licences, r->scratch);
		arena_clear(r->scratch);
	}
	json_close(&w, ']');
	write_extracted(&w, &licences);
	json_open(&w, "relationships", '[');
	relate(&w, "SPDXRef-DOCUMENT", "DESCRIBES", SPAN("SPDXRef-Image"));
	for (uint32_t i = 0; i < im->packages.count; i++) {
		relate(&w, "SPDXRef-Image", "CONTAINS",
			arena_format(r->scratch, "SPDXRef-Package-%u", i + 1));
		arena_clear(r->scratch);
	}
	json_close(&w, ']');
	json_close(&w, '}');
	buffer_add_byte(out, '\n');
}
