/* SPDX-License-Identifier: Apache-2.0
 *
 * The parts of the reader of OCI specs. */
#pragma once

#include "sources/oci_spec.h"
#include "sources/tree_facts.h"

/* oci_spec_mounts.c: mounts, without those that every container has; whether /sys or the cgroups can be written. */
void oci_spec_mounts_read(const tree_facts *f);

/* oci_spec_devices.c: whether the device rules let everything through. */
void oci_spec_device_rules_read(const tree_facts *f);

/* Device nodes that are made in it, without those that every container has. After the fact `privileged` is known: a privileged one has all of the host's. */
void oci_spec_devices_read(const tree_facts *f);
