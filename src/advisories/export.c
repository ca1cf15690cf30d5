/* SPDX-License-Identifier: Apache-2.0
 *
 * Writing an export: all rows in the order of their keys, so that the same content gives the same bytes. */
#include "advisories/exported.h"
