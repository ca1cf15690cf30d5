/* SPDX-License-Identifier: Apache-2.0
 *
 * Stands in for libFuzzer: runs a fuzz target over every file of the folders that are named. */
#include "fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

static int replay_file(const char *folder, const char *name)
{
	char path[4096];
	snprintf(path, sizeof path, "%s/%s", folder, name);
	FILE *f = fopen(path, "rb");
	if (!f)
		return -1;
	static char bytes[4 << 20];
	size_t n = fread(bytes, 1, sizeof bytes, f);
	fclose(f);
	char *exact = malloc(n ? n : 1); /* so that a sanitizer sees one byte too many */
	if (!exact)
		return -1;
	memcpy(exact, bytes, n);
	LLVMFuzzerTestOneInput((const uint8_t *)exact, n);
	free(exact);
	return 0;
}

int main(int argc, char **argv)
{
	int count = 0;
	for (int i = 1; i < argc; i++) {
		DIR *folder = opendir(argv[i]);
		if (!folder)
			continue;
		for (struct dirent *entry; (entry = readdir(folder));)
			if (entry->d_name[0] != '.' && replay_file(argv[i], entry->d_name) == 0)
				count++;
		closedir(folder);
	}
	printf("ok 1 - %d inputs replayed\n1..1\n", count);
	return count ? EXIT_SUCCESS : EXIT_FAILURE;
}
