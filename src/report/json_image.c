/* SPDX-License-Identifier: Apache-2.0
 *
 * Images in the JSON report. */
#include "report/image.h"

const char *const severity_label_names[] = {[SEVERITY_LABEL_UNKNOWN] = "unknown",
	[SEVERITY_LABEL_NEGLIGIBLE] = "negligible",
	[SEVERITY_LABEL_LOW] = "low",
	[SEVERITY_LABEL_MEDIUM] = "medium",
	[SEVERITY_LABEL_HIGH] = "high",
	[SEVERITY_LABEL_CRITICAL] = "critical"};

const char *const advisory_state_names[] = {[ADVISORY_FIXED] = "fixed",
	[ADVISORY_UNFIXED] = "unfixed",
	[ADVISORY_DEFERRED] = "deferred",
	[ADVISORY_WONT_FIX] = "wont-fix",
	[ADVISORY_IGNORED] = "unimportant"};

static const char *const evidence_names[] = {
	[PACKAGE_INSTALLED] = "installed", [PACKAGE_LOCKED] = "locked", [PACKAGE_BUILT_IN] = "built-in"};

/* A member that is left out when it is empty. */
static void some(json_writer *w, const char *key, span value)
{
	if (value.n)
		json_text(w, key, value);
}

static void layer_member(json_writer *w, const image_spot *spot)
{
	if (spot->layer != NO_LAYER)
		json_number(w, "layer", spot->layer + 1);
}

void json_spot(json_writer *w, const image_spot *spot)
{
	json_number(w, "line", spot->line ? spot->line : 1);
	json_number(w, "column", spot->column ? spot->column : 1);
	json_number(w, "end_line", spot->line ? spot->line : 1);
	json_number(w, "end_column", spot->end_column ? spot->end_column : 1);
	layer_member(w, spot);
	if (spot->deleted)
		json_number(w, "deleted_in_layer", spot->gone + 1);
}

static void package_members(json_writer *w, const inventory_package *p)
{
	const package *x = p->package;
	json_text(w, "name", x->name);
	json_text(w, "version", x->version);
	json_text(w, "source", x->source.n ? x->source : x->name);
	json_text(w, "source_version", x->source_version.n ? x->source_version : x->version);
	json_string(w, "type", package_types[x->type].name);
	json_string(w, "path", p->spot->text.path);
	layer_member(w, p->spot);
	some(w, "purl", p->purl);
	some(w, "architecture", x->architecture);
	some(w, "licence", x->licence);
	some(w, "module", x->module);
	json_string(w, "evidence", evidence_names[x->evidence]);
	if (x->line)
		json_number(w, "line", x->line);
	if (x->development)
		json_truth(w, "development", true);
	if (p->spot->deleted)
		json_truth(w, "deleted", true);
	if (p->owner)
		json_text(w, "owner", p->owner->name);
}

static void rating_member(json_writer *w, const severity_rating *r)
{
	json_open(w, "rating", '{');
	json_string(w, "label", severity_label_names[r->label]);
	if (r->score >= 0)
		json_real(w, "score", r->score);
	some(w, "vector", r->vector);
	some(w, "source", r->source);
	json_close(w, '}');
}

void json_vulnerability(json_writer *w, const vulnerability *v)
{
	const advisory_match *m = v->match;
	json_text(w, "id", m->id);
	json_open(w, "aliases", '[');
	list_each(const span, alias, &m->aliases)
		json_text(w, NULL, *alias);
	json_close(w, ']');
	json_open(w, "package", '{');
	package_members(w, v->package);
	json_close(w, '}');
	json_text(w, "fixed", m->fixed);
	json_string(w, "state", advisory_state_names[m->state]);
	rating_member(w, &m->rating);
	json_string(w, "priority", severity_label_names[v->priority]);
	some(w, "priority_reason", v->reason);
	json_truth(w, "exploited", m->exploited);
	if (m->exploited)
		json_truth(w, "ransomware", m->ransomware);
	some(w, "exploited_since", m->exploited_since);
	if (m->probability >= 0) {
		json_open(w, "epss", '{');
		json_real(w, "probability", m->probability);
		json_real(w, "percentile", m->percentile);
		json_close(w, '}');
	}
	some(w, "advisory", m->advisory);
	some(w, "advisory_source", m->source);
	some(w, "published", m->published);
	some(w, "url", m->url);
}

static void write_layer(json_writer *w, const inventory_layer *l)
{
	json_open(w, NULL, '{');
	some(w, "digest", l->digest);
	some(w, "diff_id", l->diff_id);
	some(w, "made_by", l->made_by);
	json_number(w, "size", (int64_t)l->size);
	json_number(w, "wasted", (int64_t)l->wasted);
	json_number(w, "files", l->files);
	json_close(w, '}');
}

static void write_image(json_writer *w, const inventory *im)
{
	json_open(w, NULL, '{');
	json_string(w, "name", im->name);
	some(w, "reference", im->reference);
	some(w, "digest", im->digest);
	some(w, "config_digest", im->config_digest);
	some(w, "os", im->os);
	some(w, "architecture", im->architecture);
	some(w, "variant", im->variant);
	some(w, "created", im->created);
	some(w, "distribution", im->distribution);
	some(w, "support_ended", im->support_ended);
	json_number(w, "size", (int64_t)im->size);
	json_number(w, "wasted", (int64_t)im->wasted);
	json_number(w, "files", im->files);
	json_truth(w, "matched", im->matched);
	some(w, "database_date", im->database_date);
	json_open(w, "layers", '[');
	for (uint32_t i = 0; i < im->layer_count; i++)
		write_layer(w, &im->layers[i]);
	json_close(w, ']');
	json_open(w, "packages", '[');
	list_each(const inventory_package, p, &im->packages) {
		json_open(w, NULL, '{');
		package_members(w, p);
		json_close(w, '}');
	}
	json_close(w, ']');
	json_close(w, '}');
}

void json_images(json_writer *w, const report *r)
{
	bool any = false;
	list_each(document *const, d, &r->bundle->documents) {
		if (!(*d)->inventory)
			continue;
		if (!any)
			json_open(w, "images", '[');
		any = true;
		write_image(w, (*d)->inventory);
	}
	if (any)
		json_close(w, ']');
}
