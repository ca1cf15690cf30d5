/* SPDX-License-Identifier: Apache-2.0
 *
 * The formats that are JSON, YAML or TOML, and small ones that are lines: the first byte picks one. */
#include "fuzz_package.h"

static const char *const paths[] = {
	"srv/node_modules/a/package.json",
	"srv/package-lock.json",
	"srv/bun.lock",
	"srv/pnpm-lock.yaml",
	"srv/poetry.lock",
	"srv/uv.lock",
	"srv/Pipfile.lock",
	"srv/composer.lock",
	"srv/composer/installed.json",
	"srv/a.deps.json",
	"srv/packages.lock.json",
	"srv/Cargo.lock",
	"srv/yarn.lock",
	"srv/pubspec.lock",
	"srv/renv.lock",
	"srv/library/a/DESCRIPTION",
	"srv/stack.yaml.lock",
	"srv/cabal.project.freeze",
	"srv/mix.lock",
	"srv/Package.resolved",
};

FUZZ(bytes)
{
	if (bytes.n)
		fuzz_package(paths[((uint8_t)bytes.p[0] - (uint8_t)'a') % (sizeof paths / sizeof *paths)],
			span_from(bytes, 1));
}
