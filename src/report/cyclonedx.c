/* SPDX-License-Identifier: Apache-2.0
 *
 * CycloneDX 1.6 (ECMA-424) of one image: its packages with where and in which layer they lie, its distribution, what is known against them. The
 * same image gives the same bytes but for metadata.timestamp, and SOURCE_DATE_EPOCH sets that. */
#include "report/bom.h"
#include "report/image.h"
#include "version.h"

static void property(json_writer *w, const char *name, span value)
{
	if (value.n == 0)
		return;
	json_open(w, NULL, '{');
	json_string(w, "name", name);
	json_text(w, "value", value);
	json_close(w, '}');
}

static void write_licence(json_writer *w, span licence)
{
	if (licence.n == 0)
		return;
	json_open(w, "licenses", '[');
	json_open(w, NULL, '{');
	json_open(w, "license", '{');
	json_text(w, "name", licence);
	json_close(w, '}');
	json_close(w, '}');
	json_close(w, ']');
}

static void write_evidence(json_writer *w, const inventory_package *p)
{
	json_open(w, "evidence", '{');
	json_open(w, "occurrences", '[');
	json_open(w, NULL, '{');
	json_string(w, "location", p->spot->text.path);
	if (p->package->line)
		json_number(w, "line", p->package->line);
	json_close(w, '}');
	json_close(w, ']');
	json_close(w, '}');
}

static void write_properties(json_writer *w, const inventory *im, const inventory_package *p, arena *a)
{
	const package *x = p->package;
	json_open(w, "properties", '[');
	property(w, "bulkhead:type", span_of(package_types[x->type].name));
	if (p->spot->layer != NO_LAYER && p->spot->layer < im->layer_count) {
		property(w, "bulkhead:layer", arena_format(a, "%u", p->spot->layer + 1u));
		property(w, "bulkhead:layer:diff_id", im->layers[p->spot->layer].diff_id);
	}
	property(w, "bulkhead:source", x->source);
	property(w, "bulkhead:source_version", x->source_version);
	property(w, "bulkhead:module", x->module);
	if (x->evidence == PACKAGE_LOCKED)
		property(w, "bulkhead:evidence", SPAN("locked"));
	if (p->spot->deleted)
		property(w, "bulkhead:deleted_in_layer", arena_format(a, "%u", p->spot->gone + 1u));
	if (p->owner)
		property(w, "bulkhead:owner", p->owner->name);
	json_close(w, ']');
}

static void write_component(
	json_writer *w, const inventory *im, const inventory_package *p, span ref, arena *a)
{
	const package *x = p->package;
	size_t cut = x->type == PACKAGE_MAVEN ? span_find_last(x->name, ':')
		     : x->type == PACKAGE_NPM ? span_find_last(x->name, '/')
					      : SPAN_NONE;
	json_open(w, NULL, '{');
	json_text(w, "bom-ref", ref);
	json_string(w, "type", x->type == PACKAGE_BINARY ? "application" : "library");
	if (cut != SPAN_NONE)
		json_text(w, "group", span_sub(x->name, 0, cut));
	json_text(w, "name", cut == SPAN_NONE ? x->name : span_from(x->name, cut + 1));
	json_text(w, "version", x->version);
	if (x->vendor.n)
		json_text(w, "publisher", x->vendor);
	if (x->development)
		json_string(w, "scope", "excluded");
	write_licence(w, x->licence);
	if (p->purl.n)
		json_text(w, "purl", p->purl);
	write_evidence(w, p);
	write_properties(w, im, p, a);
	json_close(w, '}');
}

static void write_distribution(json_writer *w, const inventory *im)
{
	if (!im->release || im->release->id.n == 0)
		return;
	json_open(w, NULL, '{');
	json_string(w, "bom-ref", "distribution");
	json_string(w, "type", "operating-system");
	json_text(w, "name", im->release->id);
	if (im->release->version.n)
		json_text(w, "version", im->release->version);
	json_text(w, "description", im->distribution);
	json_close(w, '}');
}

static void write_metadata(json_writer *w, const inventory *im, arena *a)
{
	json_open(w, "metadata", '{');
	json_text(w, "timestamp", bom_time(a));
	json_open(w, "tools", '{');
	json_open(w, "components", '[');
	json_open(w, NULL, '{');
	json_string(w, "type", "application");
	json_string(w, "name", "bulkhead");
	json_string(w, "version", BULKHEAD_VERSION);
	json_close(w, '}');
	json_close(w, ']');
	json_close(w, '}');
	json_open(w, "component", '{');
	json_string(w, "bom-ref", "image");
	json_string(w, "type", "container");
	json_string(w, "name", im->name);
	if (im->digest.n || im->config_digest.n)
		json_text(w, "version", im->digest.n ? im->digest : im->config_digest);
	json_open(w, "properties", '[');
	property(w, "bulkhead:config_digest", im->config_digest);
	property(w, "bulkhead:os", im->os);
	property(w, "bulkhead:architecture", im->architecture);
	for (uint32_t i = 0; i < im->layer_count; i++)
		property(w, "bulkhead:diff_id", im->layers[i].diff_id);
	json_close(w, ']');
	json_close(w, '}');
	json_close(w, '}');
}

static void write_dependencies(json_writer *w, const inventory *im, const bom_refs *refs)
{
	json_open(w, "dependencies", '[');
	json_open(w, NULL, '{');
	json_string(w, "ref", "image");
	json_open(w, "dependsOn", '[');
	if (im->release && im->release->id.n)
		json_string(w, NULL, "distribution");
	for (uint32_t i = 0; i < im->packages.count; i++)
		json_text(w, NULL, refs->items[i]);
	json_close(w, ']');
	json_close(w, '}');
	json_close(w, ']');
}

/* --- vulnerabilities --- */

static const char *method_of(span vector)
{
	return span_starts(vector, SPAN("CVSS:4"))     ? "CVSSv4"
	       : span_starts(vector, SPAN("CVSS:3.1")) ? "CVSSv31"
	       : span_starts(vector, SPAN("CVSS:3.0")) ? "CVSSv3"
	       : vector.n                              ? "CVSSv2"
						       : "other";
}

static void write_rating(json_writer *w, const severity_rating *r)
{
	static const char *const names[] = {[SEVERITY_LABEL_UNKNOWN] = "unknown",
		[SEVERITY_LABEL_NEGLIGIBLE] = "info",
		[SEVERITY_LABEL_LOW] = "low",
		[SEVERITY_LABEL_MEDIUM] = "medium",
		[SEVERITY_LABEL_HIGH] = "high",
		[SEVERITY_LABEL_CRITICAL] = "critical"};
	json_open(w, "ratings", '[');
	json_open(w, NULL, '{');
	if (r->source.n) {
		json_open(w, "source", '{');
		json_text(w, "name", r->source);
		json_close(w, '}');
	}
	if (r->score >= 0)
		json_real(w, "score", r->score);
	json_string(w, "severity", names[r->label]);
	json_string(w, "method", method_of(r->vector));
	if (r->vector.n)
		json_text(w, "vector", r->vector);
	json_close(w, '}');
	json_close(w, ']');
}

static void write_vulnerability(json_writer *w, const finding *f, span ref, arena *a)
{
	const advisory_match *m = f->vulnerability->match;
	json_open(w, NULL, '{');
	json_text(w, "id", m->id);
	if (m->source.n) {
		json_open(w, "source", '{');
		json_text(w, "name", m->source);
		if (m->url.n)
			json_text(w, "url", m->url);
		json_close(w, '}');
	}
	write_rating(w, &m->rating);
	if (m->title.n)
		json_text(w, "description", m->title);
	if (m->fixed.n)
		json_text(w, "recommendation",
			arena_format(a, "Upgrade %.*s to %.*s",
				SPAN_ARG(f->vulnerability->package->package->name), SPAN_ARG(m->fixed)));
	if (f->suppressed) {
		json_open(w, "analysis", '{');
		json_string(w, "state", "not_affected");
		json_text(w, "detail", f->suppressed->reason);
		json_close(w, '}');
	}
	json_open(w, "affects", '[');
	json_open(w, NULL, '{');
	json_text(w, "ref", ref);
	json_close(w, '}');
	json_close(w, ']');
	json_close(w, '}');
}

static void write_vulnerabilities(json_writer *w, const report *r, const inventory *im, const bom_refs *refs)
{
	if (!im->matched)
		return;
	json_open(w, "vulnerabilities", '[');
	list_each(const finding, f, r->findings) {
		if (!f->vulnerability || f->vulnerability->package < im->packages.items ||
			f->vulnerability->package >= im->packages.items + im->packages.count)
			continue;
		write_vulnerability(
			w, f, refs->items[f->vulnerability->package - im->packages.items], r->scratch);
		arena_clear(r->scratch);
	}
	json_close(w, ']');
}

void report_cyclonedx(const report *r, buffer *out)
{
	const inventory *im = bom_image(r);
	if (!im)
		return;
	json_writer w = {.out = out};
	bom_refs refs = bom_refs_new(im, r->arena);
	json_open(&w, NULL, '{');
	json_string(&w, "$schema", "http://cyclonedx.org/schema/bom-1.6.schema.json");
	json_string(&w, "bomFormat", "CycloneDX");
	json_string(&w, "specVersion", "1.6");
	json_text(&w, "serialNumber",
		arena_format(r->arena, "urn:uuid:%.*s", SPAN_ARG(bom_uuid(im, r->arena))));
	json_number(&w, "version", 1);
	write_metadata(&w, im, r->arena);
	json_open(&w, "components", '[');
	write_distribution(&w, im);
	for (uint32_t i = 0; i < im->packages.count; i++) {
		write_component(&w, im, &im->packages.items[i], refs.items[i], r->scratch);
		arena_clear(r->scratch);
	}
	json_close(&w, ']');
	write_dependencies(&w, im, &refs);
	write_vulnerabilities(&w, r, im, &refs);
	json_close(&w, '}');
	buffer_add_byte(out, '\n');
}
