/* SPDX-License-Identifier: Apache-2.0
 *
 * CI workflows as a source: a workflow is a workload of its own, of which only the control `vulnerabilities` is asked. It states no
 * fact; what it does with images is read by formats/ci.h. */
#include "base/files.h"
#include "sources/sources.h"

static void ci_read_workflow(const text *t, loader *files, bundle *b)
{
	(void)files;
	document *d = bundle_add_document(b, DOCUMENT_CI, t, &ci_source);
	workload *w = bundle_add_workload(b, d, "workflow", path_name(t->path));
	w->origin = (origin){t, 0, 0};
}

const source ci_source = {.name = "ci", .controls = 1u << CONTROL_vulnerabilities, .read = ci_read_workflow};
