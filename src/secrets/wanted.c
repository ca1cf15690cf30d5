/* SPDX-License-Identifier: Apache-2.0
 *
 * Which files are searched. Left out is what cannot hold a credential in plain text (compressed and compiled formats) and what a distribution has
 * put there for everybody to read: documentation, translations, time zones, package databases. Vendored packages and
 * tests are searched: people forget real keys there. */
#include "base/limits.h"
#include "formats/utf8.h"
#include "secrets/scan.h"
#include "secrets/scan_parts.h"

static const char *const suffixes =
	"png jpg jpeg gif bmp ico icns webp tif tiff avif heic psd xcf " /* images */
	"woff woff2 ttf otf eot pfb pfm afm pcf "                        /* fonts */
	"mp3 mp4 m4a ogg oga ogv opus wav flac avi mkv mov webm "        /* sound and film */
	"gz tgz xz txz bz2 tbz2 zst lz4 lzma br zip jar war ear whl egg 7z rar " /* archives: their members are other files */
	"deb rpm apk udeb gem nupkg crate cab iso img qcow2 squashfs "
	"o a so ko dll exe lib obj pyc pyo pyd class elc beam rlib rmeta wasm dylib bin efi " /* compiled */
	"mo gmo qm pdf ps eps djvu doc xls ppt docx xlsx pptx odt ods odp "
	"db sqlite sqlite3 mdb rdb pack idx cache dat npy npz h5 pb onnx pt pth safetensors gguf parquet "
	"sum sha1 sha256 sha512 md5 asc sig crt cer crl der p7b p7s";

/* Folders of a distribution, from the root. */
static const char *const folders[] = {"usr/share/doc/", "usr/share/man/", "usr/share/info/",
	"usr/share/locale/", "usr/share/i18n/", "usr/share/zoneinfo/", "usr/share/terminfo/",
	"usr/share/icons/", "usr/share/fonts/", "usr/share/mime/", "usr/share/gtk-doc/", "usr/share/help/",
	"usr/share/lintian/", "usr/share/bash-completion/", "usr/share/X11/", "usr/share/unicode/",
	"usr/share/perl/", "usr/share/ca-certificates/", "etc/ssl/certs/", "etc/pki/ca-trust/",
	"usr/lib/locale/", "lib/apk/db/", "var/lib/dpkg/", "var/lib/apt/lists/", "var/lib/rpm/",
	"usr/lib/sysimage/rpm/", "var/cache/apt/", "var/cache/apk/", "usr/lib/firmware/", "lib/firmware/",
	"usr/lib/modules/", "lib/modules/", "proc/", "sys/", "dev/"};

/* Lists of hashes and of names; what stands in them is public. */
static const char *const names = "RECORD SHA256SUMS MD5SUMS go.sum ld.so.cache md5sums";

static bool in_folder(span path)
{
	while (path.n && (path.p[0] == '/' || path.p[0] == '.') && !span_starts(path, SPAN("..")) &&
		(path.p[0] == '/' || (path.n > 1 && path.p[1] == '/')))
		path = span_from(path, 1);
	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
		if (span_starts(path, span_of(folders[i])))
			return true;
	return false;
}

bool secret_wanted(span path, uint64_t size)
{
	enum { SUFFIX_MOST = 11, LEAST = 8 };
	size_t slash = span_find_last(path, '/');
	span name = slash == SPAN_NONE ? path : span_from(path, slash + 1);
	size_t dot = span_find_last(name, '.');
	if (size < LEAST || in_folder(path) || span_in(name, names))
		return false;
	if (dot == SPAN_NONE || dot == 0)
		return true;
	/* libx.so.6 and the like */
	if (span_find(name, SPAN(".so.")) != SPAN_NONE)
		return false;
	char lower[SUFFIX_MOST];
	span suffix = span_from(name, dot + 1);
	if (suffix.n == 0 || suffix.n > sizeof lower)
		return true;
	for (size_t i = 0; i < suffix.n; i++)
		lower[i] = ascii_lower(suffix.p[i]);
	return !span_in((span){lower, suffix.n}, suffixes);
}

secret_content secret_sniff(span bytes)
{
	enum { SNIFFED = 8 << 10 };
	span head = span_sub(bytes, 0, SNIFFED);
	bool mark = span_starts(head, SPAN("\xff\xfe")) || span_starts(head, SPAN("\xfe\xff"));
	if (mark && head.n >= 4 && !(head.p[2] == 0 && head.p[3] == 0)) /* else UTF-32 */
		return SECRET_TEXT_UTF16;
	return head.n && memchr(head.p, 0, head.n) ? SECRET_BINARY : SECRET_TEXT;
}

static uint32_t unit_at(span bytes, size_t i, bool big)
{
	uint32_t low = (uint8_t)bytes.p[i + !!big], high = (uint8_t)bytes.p[i + !big];
	return high << 8 | low;
}

span secret_from_utf16(span bytes, arena *a)
{
	enum { UNKNOWN = 0xfffd };
	bool big = bytes.p[0] == '\xfe';
	char *out = arena_alloc(a, bytes.n / 2 * 3 + 4), *to = out;
	for (size_t i = 2; i + 1 < bytes.n; i += 2) {
		uint32_t unit = unit_at(bytes, i, big),
			 low = i + 3 < bytes.n ? unit_at(bytes, i + 2, big) : 0;
		if (unit >= 0xd800 && unit < 0xdc00 && low >= 0xdc00 && low < 0xe000) {
			unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
			i += 2;
		} else if (unit >= 0xd800 && unit < 0xe000) {
			unit = UNKNOWN;
		}
		to += utf8_encode(unit, to);
	}
	return (span){out, (size_t)(to - out)};
}
