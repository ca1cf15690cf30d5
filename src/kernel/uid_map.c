/* SPDX-License-Identifier: Apache-2.0
 *
 * /proc/PID/uid_map and gid_map (user_namespaces(7)): rows "inside outside count". Outside is what the reader's own user namespace counts, which is
 * the host's. */
#include "kernel/proc.h"

static bool read_row(span line, uint32_t *row)
{
	span word;
	uint64_t number;
	for (int i = 0; i < 3; i++) {
		if (!span_word(&line, &word) || !proc_number(word, 10, &number) || number > UINT32_MAX)
			return false;
		row[i] = (uint32_t)number;
	}
	return row[2] > 0;
}

void proc_id_map_read(span bytes, proc_id_map *ret)
{
	span line;
	uint32_t row[3];
	ret->count = 0;
	while (ret->count < PROC_ID_ROWS && proc_line(&bytes, &line)) {
		if (!read_row(line, row))
			continue;
		ret->rows[ret->count].inside = row[0];
		ret->rows[ret->count].outside = row[1];
		ret->rows[ret->count++].count = row[2];
	}
	ret->identity = ret->count == 1 && ret->rows[0].inside == 0 && ret->rows[0].outside == 0 &&
			ret->rows[0].count == UINT32_MAX;
}

bool proc_id_inside(const proc_id_map *map, uint32_t outside, uint32_t *ret)
{
	for (uint32_t i = 0; i < map->count; i++) {
		uint32_t first = map->rows[i].outside;
		if (outside < first || outside - first >= map->rows[i].count ||
			map->rows[i].inside > UINT32_MAX - (outside - first))
			continue;
		*ret = map->rows[i].inside + (outside - first);
		return true;
	}
	return false;
}
