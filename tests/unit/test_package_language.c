/* SPDX-License-Identifier: Apache-2.0
 *
 * Packages of languages: what is installed, and lock files. */
#include "base/buffer.h"
#include "base/limits.h"
#include "package_rows.h"
#include "packages/document.h"
#include "test.h"

/* "type name version line evidence" for each package, with "dev", "@architecture" and "licence" behind it where there are any; "!code:line" a problem. */
static span listing(const char *path, span bytes, arena *a, buffer *out)
{
	out->n = 0;
	const package_record *r = package_read(span_of(path), bytes, a);
	if (!r)
		return SPAN("nothing");
	list_each(const package, p, &r->packages) {
		buffer_format(out, "%s %.*s %.*s %u %s", package_types[p->type].name, SPAN_ARG(p->name),
			SPAN_ARG(p->version), p->line,
			p->evidence == PACKAGE_INSTALLED ? "installed" : "locked");
		buffer_add_string(out, p->development ? " dev" : "");
		if (p->architecture.n)
			buffer_format(out, " @%.*s", SPAN_ARG(p->architecture));
		if (p->licence.n)
			buffer_format(out, " %.*s", SPAN_ARG(p->licence));
		buffer_add_string(out, "\n");
	}
	list_each(const error, e, &r->problems)
		buffer_format(out, "!%d:%u\n", e->code, e->line);
	return buffer_span(out);
}

/* --- npm --- */

TEST(package_npm_installed)
{
	static const char *const good = "{\"name\": \"a\",\n\"version\": \"1.2.3\"}";
	static const text_row rows[] = {
		{"srv/app/node_modules/a/package.json", good, "npm a 1.2.3 1 installed\n"},
		{"node_modules/a/package.json", good, "npm a 1.2.3 1 installed\n"},
		{"usr/lib/node_modules/npm/node_modules/a/package.json", good, "npm a 1.2.3 1 installed\n"},
		{"usr/share/nodejs/a/package.json", good, "npm a 1.2.3 1 installed\n"},
		{"x/node_modules/.pnpm/a@1.2.3/node_modules/a/package.json", good,
			"npm a 1.2.3 1 installed\n"},
		{"x/node_modules/other/package.json", good, "npm a 1.2.3 1 installed\n"}, /* an alias */
		{"x/node_modules/@s/b/package.json",
			"{\n \"version\":\"1.0.0\",\n \"name\":\"@s/b\",\n\"license\":{\"type\":\"MIT\"}}",
			"npm @s/b 1.0.0 3 installed MIT\n"},
		{"x/node_modules/c/package.json",
			"{\"name\":\"c\",\"version\":\"1\",\"licenses\":[{\"type\":\"MIT\"},\"ISC\",3,{}]}",
			"npm c 1 1 installed MIT OR ISC OR 3\n"},
		{"srv/app/package.json", good, "nothing"}, /* a project */
		{"package.json", good, "nothing"},
		{"x/node_modules/package.json", good, "nothing"},
		{"x/node_modules/@s/package.json", good, "nothing"},
		{"x/node_modules/.cache/package.json", good, "nothing"},
		{"x/node_modules/b/dist/a/package.json", good, "npm a 1.2.3 1 installed\n"}, /* taken in */
		{"x/node_modules/b/dist/z/package.json", good, "nothing"},
		{"x/node_modules/b/test/a/package.json", good, "nothing"},
		{"x/node_modules/b/dist/esm/package.json", "{\"type\":\"module\"}", "nothing"},
		{"x/node_modules/b/dist/a/package.json", "{", "nothing"},
		{"x/node_modules/b/package.json", "{\"name\":\"b\"}", "nothing"},
		{"x/node_modules/b/package.json", "{\"name\":\"b\",\"version\":1}", "npm b 1 1 installed\n"},
		{"x/node_modules/b/package.json", "{\"name\":\"b\",\"version\":[\"1\"]}", "nothing"},
		{"x/node_modules/b/package.json", "{\n\"name\":", "!2:2\n"},
		{"x/node_modules/b/package.json", "", "!2:1\n"},
		{"x/node_modules/b/package.json", "[]", "nothing"},
		{"x/node_modules/b/package.json", "{\"name\":\"b\\u0001\",\"version\":\"1\"}", "!4:1\n"},
		{"opt/yarn-v1.22.19/package.json", "{\"name\":\"yarn\",\"version\":\"1.22.19\"}",
			"npm yarn 1.22.19 1 installed\n"},
		{"opt/yarn-v1.22.19/package.json", good, "nothing"},
		{"opt/yarn-v1.22.19/lib/package.json", "{\"name\":\"yarn\",\"version\":\"1.22.19\"}",
			"nothing"},
	};
	CHECK_ROWS(rows);
}

TEST(package_npm_lock)
{
	static const char *const lock = "app/package-lock.json";
	static const text_row rows[] = {
		{lock,
			"{\"lockfileVersion\":1,\"dependencies\":{\n\"a\":{\"version\":\"1.0.0\",\"dependencies\":{\n"
			"\"b\":{\"version\":\"2.0.0\",\"dev\":true}}},\n\"@s/c\":{\"version\":\"npm:@t/d@3.0.0-x\"},\n"
			"\"e\":{\"version\":\"file:../e\"},\"f\":{\"version\":\"git+ssh://g/f.git#1\"},\n"
			"\"h\":{\"version\":\"github:x/h\"},\"i\":{},\"j\":3}}",
			"npm a 1.0.0 2 locked\nnpm b 2.0.0 3 locked dev\nnpm @t/d 3.0.0-x 4 locked\n"},
		{"x/npm-shrinkwrap.json",
			"{\"lockfileVersion\":3,\"packages\":{\"\":{\"name\":\"p\",\"version\":\"1\"},\n"
			"\"node_modules/a\":{\"version\":\"1.0.0\",\"license\":\"MIT\"},\n"
			"\"node_modules/a/node_modules/@s/b\":{\"version\":\"2.0.0\",\"dev\":true},\n"
			"\"node_modules/c\":{\"resolved\":\"packages/c\",\"link\":true},\n"
			"\"packages/c\":{\"version\":\"1.0.0\"},\n"
			"\"packages/c/node_modules/d\":{\"version\":\"4.0.0\",\"devOptional\":true},\n"
			"\"node_modules/e\":{\"name\":\"real\",\"version\":\"5.0.0\",\"inBundle\":true}},\n"
			"\"dependencies\":{\"z\":{\"version\":\"9\"}}}",
			"npm a 1.0.0 2 locked MIT\nnpm @s/b 2.0.0 3 locked dev\nnpm d 4.0.0 6 locked\nnpm real 5.0.0 7 locked\n"},
		{"x/node_modules/y/package-lock.json", "{\"dependencies\":{\"a\":{\"version\":\"1\"}}}",
			"nothing"},
		{lock, "{}", "nothing"},
		{lock, "[1]", "nothing"},
		{lock, "{\"packages\":{\"node_modules/\":{\"version\":\"1\"},\"node_modules/a\":null}}",
			"nothing"},
		{lock, "{\"dependencies\":\n{\"a\":{\"version\":\"1\"},\n}}", "!2:3\n"},
	};
	CHECK_ROWS(rows);
}

TEST(package_bun)
{
	static const text_row rows[] = {
		{"app/bun.lock",
			"{\n  \"lockfileVersion\": 1,\n  \"workspaces\": {\"\": {\"name\": \"x\",},},\n  \"packages\": {\n"
			"    \"a\": [\"a@1.0.0\", \"\", {}, \"sha512-x\"],\n\n"
			"    \"b/c\": [\"@s/c@2.0.0\", \"\", {\"dependencies\": {\"a\": \"^1\"}}, \"sha512-x\"],\n"
			"    \"w\": [\"w@workspace:w\"],\n    \"g\": [\"g@github:u/g#1\", {}, \"t\"],\n    \"n\": [],\n"
			"    \"al\": [\"real@3.0.0\", \"\", {}, \"\"],\n  },\n}\n",
			"npm a 1.0.0 5 locked\nnpm @s/c 2.0.0 7 locked\nnpm real 3.0.0 11 locked\n"},
		{"app/bun.lock", "{\"packages\": {\"a\": [\"a@1\"", "npm a 1 1 locked\n!2:1\n"},
	};
	CHECK_ROWS(rows);
}

TEST(package_yarn)
{
	static const text_row rows[] = {
		{"yarn.lock",
			"# yarn lockfile v1\n\n\n\"@s/a@^1.0.0\", \"@s/a@^1.1\":\n  version \"1.2.0\"\n  resolved \"https://r/a.tgz#1\"\n"
			"  dependencies:\n    version \"9\"\n\nb@1.x, b@^1.0:\n  version \"1.9.9\"\n\n"
			"\"c@npm:@t/d@^2\":\n  version \"2.0.1\"\n\n\"e@file:../e\":\n  version \"0.0.0\"\n\nf@1:\n  resolved \"x\"\n",
			"npm @s/a 1.2.0 4 locked\nnpm b 1.9.9 10 locked\nnpm @t/d 2.0.1 13 locked\n"},
		{"yarn.lock",
			"__metadata:\n  version: 6\n\n\"@s/a@npm:^1.0.0, @s/a@npm:^1.1\":\n  version: 1.2.0\n  resolution: \"@s/a@npm:1.2.0\"\n"
			"  languageName: node\n  linkType: hard\n\n\"p@workspace:.\":\n  version: 0.0.0-use.local\n  resolution: \"p@workspace:.\"\n\n"
			"\"t@patch:t@^5#x\":\n  version: 5.0.0\n  resolution: \"t@patch:t@npm%3A5.0.0#x::version=5.0.0\"\n"
			"\"al@npm:real@^1\":\n  version: 1.0\n  resolution: \"real@npm:1.0\"\n",
			"npm @s/a 1.2.0 4 locked\nnpm t 5.0.0 14 locked\nnpm real 1.0 17 locked\n"},
		{"x/vendor/yarn.lock", "a@1:\n  version \"1\"\n", "nothing"},
		{"yarn.lock", "a@1:\n  version \"", "!4:1\n"},
		{"yarn.lock", "@:\n  version \"1\"\n@\n  version \"1\"\n\"\n  version 2\n", "nothing"},
	};
	CHECK_ROWS(rows);
}

TEST(package_pnpm)
{
	static const char *const lock = "app/pnpm-lock.yaml";
	static const text_row rows[] = {
		{lock,
			"lockfileVersion: 5.4\npackages:\n  /a/1.0.0:\n    dev: false\n  /@s/b/2.0.0_react@16.0.0:\n    dev: true\n"
			"  npm.example/c/3.0.0:\n    dev: false\n  github.com/u/d/abc:\n    name: d\n    version: 4.0.0\n  file:e:\n    dev: false\n",
			"npm a 1.0.0 3 locked\nnpm @s/b 2.0.0 5 locked dev\nnpm c 3.0.0 7 locked\nnpm d 4.0.0 9 locked\n"},
		{lock, "lockfileVersion: '6.0'\npackages:\n  /a@1.0.0:\n    dev: true\n  /@s/b@2.0.0(react@16.0.0)(x@1):\n    dev: false\n",
			"npm a 1.0.0 3 locked dev\nnpm @s/b 2.0.0 5 locked\n"},
		{lock,
			"lockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n      a:\n        specifier: ^1\n        version: 1.0.0(c@3.0.0)\n"
			"      al:\n        specifier: npm:r@1\n        version: r@1.0.0\n      l:\n        specifier: link:l\n        version: link:l\n"
			"    devDependencies:\n      '@s/b':\n        specifier: '2'\n        version: 2.0.0\n"
			"packages:\n  a@1.0.0:\n    resolution: {}\n  '@s/b@2.0.0':\n    resolution: {}\n  c@3.0.0:\n    resolution: {}\n"
			"  r@1.0.0: {}\n  d@4.0.0: {}\n  g@https://codeload/g/abc:\n    version: 5.0.0\n  h@file:h: {}\n"
			"snapshots:\n  a@1.0.0(c@3.0.0):\n    dependencies:\n      c: 3.0.0\n    optionalDependencies:\n      g: https://codeload/g/abc\n"
			"  '@s/b@2.0.0':\n    dependencies:\n      d: 4.0.0\n  c@3.0.0:\n    dependencies:\n      a: 1.0.0(c@3.0.0)\n"
			"  r@1.0.0: {}\n  d@4.0.0: {}\n  g@https://codeload/g/abc: {}\n",
			"npm a 1.0.0 19 locked\nnpm @s/b 2.0.0 21 locked dev\nnpm c 3.0.0 23 locked\nnpm r 1.0.0 25 locked\n"
			"npm d 4.0.0 26 locked dev\nnpm g 5.0.0 27 locked\n"},
		{lock, /* with peers and without, these need different things */
			"importers: {.: {dependencies: {a: {version: 1(p@1)}, b: {version: 1}}}}\npackages: {a@1: {}, b@1: {}, c@1: {}}\n"
			"snapshots: {a@1(p@1): {}, b@1: {dependencies: {a: '1'}}, a@1: {dependencies: {c: '1'}}, c@1: {}}\n",
			"npm a 1 2 locked\nnpm b 1 2 locked\nnpm c 1 2 locked\n"},
		{lock, "lockfileVersion: 5.4\npackages:\n  /: {}\n  /@: {}\n  '': {}\n  x: {}\n", "nothing"},
		{lock, "packages: [\n", "!2:2\n"},
	};
	CHECK_ROWS(rows);
}

/* --- Python --- */

TEST(package_python_installed)
{
	static const text_row rows[] = {
		{"v/site-packages/Foo-1.0.dist-info/METADATA",
			"Metadata-Version: 2.1\nName: Foo\nVersion: 1.0\nLicense: MIT\nClassifier: License :: OSI Approved :: BSD License\n\nVersion: 9\n",
			"pypi Foo 1.0 2 installed MIT\n"},
		{"v/foo.egg-info/PKG-INFO",
			"Name: foo\r\nVersion: 1\r\nLicense: UNKNOWN\r\nClassifier: Topic :: X\r\nClassifier: License :: OSI Approved :: BSD License\r\n",
			"pypi foo 1 1 installed BSD License\n"},
		{"v/foo-1.egg-info", "Name: foo\nVersion: 1\nLicense: x\nLicense-Expression: MIT OR ISC\n",
			"pypi foo 1 1 installed MIT OR ISC\n"},
		{"v/foo.egg/EGG-INFO/PKG-INFO",
			"Description: x\n Name: no\n\tVersion: 8\nname: foo\nVERSION: 1\nVersion: 2\n",
			"pypi foo 1 4 installed\n"},
		{"v/foo-1.dist-info/METADATA", "\xef\xbb\xbfName: foo\nVersion: 1\n",
			"pypi foo 1 1 installed\n"},
		{"v/foo-1.dist-info/METADATA", "Name: foo\n\nVersion: 1\n", "!4:1\n"},
		{"v/foo-1.dist-info/METADATA", "\n", "!4:0\n"},
		{"v/foo-1.dist-info/METADATA", "", "nothing"},
		{"v/METADATA", "Name: foo\nVersion: 1\n", "nothing"},
		{"v/PKG-INFO", "Name: foo\nVersion: 1\n", "nothing"},
	};
	CHECK_ROWS(rows);
}

TEST(package_requirements)
{
	static const text_row rows[] = {
		{"app/requirements.txt",
			"# c\n-r other.txt\n--index-url https://x\nDjango==3.2.25\nrequests[security,socks] == 2.28.1 ; python_version < '3.12' # c\n"
			"a>=1\nb==1.*\nc===1.0+local\nd==1.0,>0.5\n\ne==2 \\\n    --hash=sha256:aa==1 \\\n    --hash=sha256:bb\nf==3 --hash=sha256:aa\n"
			"g @ https://x/g==1.zip\n./h==1\nhttps://x/i==1\nj (==4)\nk==1 2\nl#egg==1\nm==\n",
			"pypi Django 3.2.25 4 locked\npypi requests 2.28.1 5 locked\npypi c 1.0+local 8 locked\npypi d 1.0 9 locked\n"
			"pypi e 2 11 locked\npypi f 3 14 locked\npypi j 4 18 locked\n"},
		{"app/dev-requirements.txt", "a==1\r\n", "pypi a 1 1 locked dev\n"},
		{"app/requirements/test.txt", "a==1", "pypi a 1 1 locked dev\n"},
		{"app/requirements/base.txt",
			"\xef\xbb\xbf"
			"a==1",
			"pypi a 1 1 locked\n"},
		{"app/notes.txt", "a==1", "nothing"},
		{"v/site-packages/x/requirements.txt", "a==1", "nothing"},
		{"app/requirements.txt", "[]==1\n==1\n;\n\\\n==\n,==1\na[==1\n", "nothing"},
	};
	CHECK_ROWS(rows);
}

TEST(package_python_lock)
{
	static const text_row rows[] = {
		{"poetry.lock",
			"[[package]]\nname = \"a\"\nversion = \"1.0\"\ncategory = \"main\"\n\n[[package]]\nname = \"b\"\nversion = \"2.0\"\ncategory = \"dev\"\n"
			"[[package]]\nname = \"c\"\nversion = \"3.0\"\ngroups = [\"main\", \"dev\"]\n[[package]]\nname = \"d\"\nversion = \"4.0\"\ngroups = [\"dev\"]\n"
			"[[package]]\nname = \"e\"\nversion = \"5.0\"\n[package.source]\ntype = \"directory\"\nurl = \"e\"\n",
			"pypi a 1.0 2 locked\npypi b 2.0 7 locked dev\npypi c 3.0 11 locked\npypi d 4.0 15 locked dev\n"},
		{"pdm.lock",
			"[[package]]\nname = \"a\"\nversion = \"1.0\"\ngroups = [\"default\"]\n[[package]]\nname = \"b\"\nversion = \"2.0\"\ngroups = [\"lint\"]\n"
			"[[package]]\nname = \"c\"\nversion = \"2.0\"\npath = \"./c\"\n",
			"pypi a 1.0 2 locked\npypi b 2.0 6 locked dev\n"},
		{"pylock.toml",
			"lock-version = \"1.0\"\n[[packages]]\nname = \"a\"\nversion = \"1.0\"\n[[packages]]\nname = \"b\"\ndirectory = {path = \".\"}\n",
			"pypi a 1.0 3 locked\n"},
		{"uv.lock",
			"version = 1\n[[package]]\nname = \"app\"\nversion = \"0\"\nsource = { virtual = \".\" }\ndependencies = [{ name = \"a\" }]\n"
			"[package.optional-dependencies]\nx = [{ name = \"c\" }]\n[package.dev-dependencies]\ndev = [{ name = \"b\" }]\n"
			"[[package]]\nname = \"a\"\nversion = \"1.0\"\nsource = { registry = \"https://pypi.org/simple\" }\ndependencies = [{ name = \"d\" }, { name = \"a\" }]\n"
			"[[package]]\nname = \"b\"\nversion = \"2.0\"\nsource = { registry = \"x\" }\n[[package]]\nname = \"c\"\nversion = \"3.0\"\n"
			"[[package]]\nname = \"d\"\nversion = \"4.0\"\n[[package]]\nname = \"d\"\nversion = \"4.1\"\n",
			"pypi a 1.0 12 locked\npypi b 2.0 17 locked dev\npypi c 3.0 21 locked\npypi d 4.0 24 locked\npypi d 4.1 27 locked\n"},
		{"uv.lock", "[[package]]\nname = \"a\"\nversion = \"1\"\n", "pypi a 1 2 locked\n"},
		{"uv.lock", "package = 3\n", "nothing"},
		{"Pipfile.lock",
			"{\"_meta\":{\"a\":{\"version\":\"==9\"}},\n\"default\":{\"a\":{\"version\":\"==1.0\"},\"g\":{\"git\":\"x\"}},\n"
			"\"develop\":{\"b\":{\"version\":\"===2.0\"},\"c\":{\"version\":\"*\"}}}",
			"pypi a 1.0 2 locked\npypi b 2.0 3 locked dev\n"},
		{"poetry.lock", "[[package]]\nname = \n", "!2:2\n"},
	};
	CHECK_ROWS(rows);
}

/* --- Ruby --- */

TEST(package_gem)
{
	static const text_row rows[] = {
		{"g/specifications/a-1.0.gemspec",
			"# -*- encoding: utf-8 -*-\n# stub: a 1.0 ruby lib\n\nGem::Specification.new do |s|\n  s.name = \"a\".freeze\n"
			"  s.version = \"1.0\"\n  s.licenses = [\"MIT\".freeze, \"Ruby\".freeze]\nend\n",
			"gem a 1.0 2 installed MIT OR Ruby\n"},
		{"g/specifications/default/b-1.gemspec", "# stub: b 1.5.0 x86_64-linux lib\0ext\n",
			"gem b 1.5.0 1 installed @x86_64-linux\n"},
		{"g/specifications/c-2.gemspec",
			"Gem::Specification.new do |spec|\n spec.name = %q{x}\n spec.name = 'c'\n spec.version = Gem::Version.new(\"2.0.pre\")\n"
			" spec.platform = \"java\".freeze\n spec.license = 'MIT'\n",
			"gem c 2.0.pre 3 installed @java MIT\n"},
		{"g/specifications/d.gemspec", "s.name = \"d\"\ns.version = D::VERSION\n", "!4:1\n"},
		{"g/specifications/d.gemspec", "# stub: d\n s.name = \"d", "!4:0\n"},
		{"g/specifications/d.gemspec", "", "nothing"},
		{"app/x.gemspec", "# stub: b 1.5.0 ruby lib\n", "nothing"},
	};
	CHECK_ROWS(rows);
}

TEST(package_gemfile)
{
	static const text_row rows[] = {
		{"app/Gemfile.lock",
			"GIT\n  remote: https://x/a.git\n  revision: 1\n  specs:\n    a (0.1)\n\nPATH\n  remote: .\n  specs:\n    own (1)\n\n"
			"GEM\n  remote: https://rubygems.org/\n  specs:\n    b (6.1.4)\n      c (= 6.1.4)\n    nokogiri (1.15.0-x86_64-linux)\n\n"
			"PLATFORMS\n  x86_64-linux\n\nDEPENDENCIES\n  b (~> 6)\n\nBUNDLED WITH\n   2.2.3\n",
			"gem a 0.1 5 locked\ngem b 6.1.4 15 locked\ngem nokogiri 1.15.0 17 locked @x86_64-linux\n"},
		{"gems.locked", "GEM\r\n  specs:\r\n    b (1)\r\n", "gem b 1 3 locked\n"},
		{"v/gems/x-1/Gemfile.lock", "GEM\n  specs:\n    b (1)\n", "nothing"},
		{"Gemfile.lock", "GEM\n  specs:\n    (\n    b (\n    b ()\n     (1)\n    b\n", "!4:5\n"},
	};
	CHECK_ROWS(rows);
}

/* --- others --- */

TEST(package_composer)
{
	static const text_row rows[] = {
		{"app/composer.lock",
			"{\"packages\":[{\"name\":\"a/b\",\"version\":\"v1.0\",\n\"license\":[\"MIT\",\"GPL-2.0\"]}],\"packages-dev\":[\n{\"name\":\"c/d\",\"version\":\"2\"}]}",
			"composer a/b v1.0 1 locked MIT OR GPL-2.0\ncomposer c/d 2 3 locked dev\n"},
		{"app/vendor/composer/installed.json",
			"{\"packages\":[{\"name\":\"a/b\",\"version\":\"1\"},\n{\"name\":\"c/d\",\"version\":\"2\"}],\"dev\":true,\"dev-package-names\":[\"c/d\",\"x/y\"]}",
			"composer a/b 1 1 installed\ncomposer c/d 2 2 installed dev\n"},
		{"app/vendor/composer/installed.json",
			"[{\"name\":\"a/b\",\"version\":\"1\"},3,{\"name\":\"e\"},{\"version\":\"1\"}]",
			"composer a/b 1 1 installed\n!4:0\n"},
		{"app/vendor/a/b/composer.lock", "{\"packages\":[{\"name\":\"a/b\",\"version\":\"1\"}]}",
			"nothing"},
		{"composer.lock", "{\"packages\":", "!2:1\n"},
	};
	CHECK_ROWS(rows);
}

TEST(package_nuget)
{
	static const text_row rows[] = {
		{"app/App.deps.json",
			"{\"libraries\":{\"App/1.0.0\":{\"type\":\"project\"},\n\"A.B/1.2.3\":{\"type\":\"package\",\"serviceable\":true},\n"
			"\"runtimepack.Microsoft.NETCore.App.Runtime.linux-x64/6.0.1\":{\"type\":\"runtimepack\"},\"X.Reference/1\":{\"type\":\"reference\"},\"n\":{\"type\":\"package\"}}}",
			"nuget A.B 1.2.3 2 installed\nnuget Microsoft.NETCore.App.Runtime.linux-x64 6.0.1 3 installed\n"},
		{"src/obj/project.assets.json", "{\"libraries\":{\"A/1\":{\"type\":\"package\"}}}",
			"nuget A 1 1 locked\n"},
		{"src/packages.lock.json",
			"{\"version\":1,\"dependencies\":{\"net6.0\":{\"A\":{\"type\":\"Direct\",\"resolved\":\"1\"},\n\"B\":{\"type\":\"Transitive\",\"resolved\":\"2\"},\n"
			"\"own\":{\"type\":\"Project\",\"resolved\":\"1\"}}}}",
			"nuget A 1 1 locked\nnuget B 2 2 locked\n"},
		{"src/packages.config",
			"<?xml version=\"1.0\"?>\n<packages>\n <!-- <package id=\"no\" version=\"1\"/>\n -->\n <package id=\"A\" version=\"1.0\" targetFramework='net48' />\n"
			" <package version = '2'\n  id='B' developmentDependency=\"true\"></package>\n</packages>\n",
			"nuget A 1.0 5 locked\nnuget B 2 6 locked dev\n"},
		{"packages.config", "<package id=\"A\" ><package id=\"B\"", "!4:1\n"},
		{"packages.config",
			"<package id=\"A\" version=>\n<package id version=\"1\">\n<package =>\n<package id=\"x>",
			"!4:1\n!4:2\n!4:3\n!4:4\n"},
	};
	CHECK_ROWS(rows);
}

TEST(package_cargo)
{
	static const text_row rows[] = {
		{"app/Cargo.lock",
			"version = 3\n\n[[package]]\nname = \"own\"\nversion = \"0.1.0\"\ndependencies = [\n \"a\",\n]\n\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\n"
			"source = \"registry+https://github.com/rust-lang/crates.io-index\"\nchecksum = \"00\"\n[[package]]\nname = \"g\"\nversion = \"2.0.0\"\nsource = \"git+https://x#1\"\n",
			"cargo a 1.0.0 11 locked\ncargo g 2.0.0 16 locked\n"},
		{"root/.cargo/registry/src/x/a-1/Cargo.lock",
			"[[package]]\nname = \"a\"\nversion = \"1\"\nsource = \"r\"\n", "nothing"},
		{"Cargo.lock", "[[package]\n", "!2:1\n"},
	};
	CHECK_ROWS(rows);
}

TEST(package_gomod)
{
	static const text_row rows[] = {
		{"src/go.mod",
			"module example.com/m // x\n\ngo 1.21\ntoolchain go1.21.3\n\nrequire example.com/a v1.0.0\nrequire (\n\texample.com/b v1.1.0 // indirect\n"
			"\t\"example.com/c\" v2.0.0+incompatible\n\texample.com/d v1.0.0\n\texample.com/e v1.0.0\n)\nexclude example.com/x v1.0.0\n"
			"replace (\n\texample.com/b => example.com/fork v1.2.0\n\texample.com/d => ../d\n\texample.com/e v9.0.0 => ../e\n)\n"
			"replace example.com/a v1.0.0 => example.com/a v1.0.1\nreplace example.com/a => ./a\n",
			"go example.com/a v1.0.1 19 locked\ngo example.com/fork v1.2.0 15 locked\ngo example.com/c v2.0.0+incompatible 9 locked\n"
			"go example.com/e v1.0.0 11 locked\n"},
		{"go.mod", "require(\na v1\r\n)\n", "go a v1 2 locked\n"},
		{"root/go/pkg/mod/example.com/a@v1/go.mod", "require a v1\n", "nothing"},
		{"go.mod",
			"require\nrequire a\nreplace a\nreplace a =>\nreplace => b\nreplace a v1 b\n(\n)\n",
			"nothing"},
	};
	CHECK_ROWS(rows);
}

TEST(package_pub)
{
	static const text_row rows[] = {
		{"app/pubspec.lock",
			"packages:\n  a:\n    dependency: \"direct main\"\n    source: hosted\n    version: \"1.0.0\"\n  b:\n    dependency: \"direct dev\"\n    source: git\n    version: \"2.0.0\"\n"
			"  c:\n    source: sdk\n    version: \"0.0.0\"\n  d:\n    source: path\n    version: \"1\"\n",
			"pub a 1.0.0 2 locked\npub b 2.0.0 6 locked dev\n"},
	};
	CHECK_ROWS(rows);
}

TEST(package_cran)
{
	static const text_row rows[] = {
		{"usr/local/lib/R/site-library/a/DESCRIPTION",
			"Package: a\nTitle: x\n y\nVersion: 1.0-2\nLicense: MIT + file LICENSE\nBuilt: R 4.2.2; ; 2023\n",
			"cran a 1.0-2 1 installed MIT + file LICENSE\n"},
		{"src/a/DESCRIPTION", "Package: a\nVersion: 1.0-2\n", "nothing"},
		{"usr/lib/R/library/stats/DESCRIPTION",
			"Package: stats\nVersion: 4.2.2\nPriority: base\nBuilt: R 4.2.2\n", "nothing"},
		{"l/b/DESCRIPTION", "Package: b\nVersion: 4\nbiocViews: x\nBuilt: R 4.2.2\n", "nothing"},
		{"x/DESCRIPTION", "some text", "nothing"},
		{"app/renv.lock",
			"{\"R\":{\"Version\":\"4\"},\"Packages\":{\n\"a\":{\"Package\":\"a\",\"Version\":\"1.0\",\"Source\":\"Repository\"},\n"
			"\"b\":{\"Package\":\"b\",\"Version\":\"1.0\",\"Source\":\"GitHub\"}}}",
			"cran a 1.0 2 locked\n"},
	};
	CHECK_ROWS(rows);
}

TEST(package_hackage)
{
	static const text_row rows[] = {
		{"app/stack.yaml.lock",
			"packages:\n- completed:\n    hackage: acme-missiles-0.3@sha256:2ba66a,613\n  original:\n    hackage: acme-missiles-0.3\n- completed:\n    git: x\n"
			"snapshots: []\n",
			"hackage acme-missiles 0.3 3 locked\n"},
		{"app/cabal.project.freeze",
			"active-repositories: hackage.haskell.org:merge\nconstraints: any.aeson ==1.5.6.0,\n             aeson -cffi,\n             any.base ==4.16,x >=1,y ==1 || ==2\n"
			"             -- any.z ==1\nindex-state: a ==1\n",
			"hackage aeson 1.5.6.0 2 locked\nhackage base 4.16 4 locked\n"},
	};
	CHECK_ROWS(rows);
}

TEST(package_hex)
{
	static const text_row rows[] = {
		{"app/mix.lock",
			"%{\n  \"cowboy\": {:hex, :cowboy, \"2.9.0\", \"00\", [:make], [{:cowlib, \"2.11.0\", [hex: :cowlib]}], \"hexpm\", \"00\"},\n"
			"  \"g\": {:git, \"https://x\", \"00\", []},\n  \"q\": {:hex, :\"q-r\", \"1.0.0\"},\n}\n",
			"hex cowboy 2.9.0 2 locked\nhex q-r 1.0.0 4 locked\n"},
		{"mix.lock", "{:hex, :\n{:hex, :a\n{:hex, :a, b\n{:hex, :a, \"\n", "!4:4\n"},
	};
	CHECK_ROWS(rows);
}

TEST(package_swift)
{
	static const text_row rows[] = {
		{"app/Package.resolved",
			"{\"pins\":[{\"identity\":\"x\",\n\"location\":\"https://github.com/apple/swift-nio.git\",\"state\":{\"version\":\"2.0.0\"}},\n"
			"{\"location\":\"https://github.com/a/b\",\"state\":{\"branch\":\"main\"}}],\"version\":2}",
			"swift github.com/apple/swift-nio 2.0.0 2 locked\n"},
		{"app/Package.resolved",
			"{\"object\":{\"pins\":[{\"package\":\"x\",\"repositoryURL\":\"https://github.com/a/b/\",\"state\":{\"version\":\"1.0.0\"}}]},\"version\":1}",
			"swift github.com/a/b 1.0.0 1 locked\n"},
	};
	CHECK_ROWS(rows);
}

TEST(package_locks_that_count)
{
	static const char *const good[] = {
		"Cargo.lock", "app/Cargo.lock", "srv/my-vendor/x.lock", "mod/pkg/x", "vendors/x", "vendor"};
	static const char *const others[] = {"node_modules/a/x", "a/node_modules/x",
		"usr/lib/python3/dist-packages/x", "vendor/bundle/ruby/x", "go/pkg/mod/x/go.mod",
		"registry/src/a/x", "a/testdata/x", "a/fixtures/b/x", "var/lib/gems/3.1.0/gems/a-1/x"};
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		CHECK(lock_counts(span_of(good[i])));
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		CHECK(!lock_counts(span_of(others[i])));
}

/* What is too large is said so, and what repeats one long name by aliases costs nothing. */
TEST(package_language_limits)
{
	arena a = {0};
	auto_buffer b = {0};
	buffer_repeat(&b, ' ', (size_t)LIMIT_FILE_BYTES + 1);
	static const char *const paths[] = {
		"package-lock.json", "yarn.lock", "go.mod", "requirements.txt", "Gemfile.lock"};
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		const package_record *r = package_read(span_of(paths[i]), buffer_span(&b), &a);
		CHECK(r && r->problems.count == 1 && r->problems.items[0].code == ERROR_LIMIT);
	}
	b.n = 0;
	buffer_add_string(&b, "importers:\n  .:\n    dependencies:\n      x: &v ");
	buffer_repeat(&b, 'v', 100000);
	buffer_add_string(&b, "\n");
	for (int i = 0; i < 10000; i++)
		buffer_format(&b, "      x%d: *v\n", i);
	buffer_add_string(&b, "snapshots: {a@1: {}}\npackages: {a@1: {}}\n");
	const package_record *r = package_read(SPAN("pnpm-lock.yaml"), buffer_span(&b), &a);
	CHECK(r && r->packages.count == 1 && r->packages.items[0].development);
	CHECK(a.bytes < 1 << 20);
	arena_done(&a);
}

TEST_MAIN()
