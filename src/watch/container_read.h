/* SPDX-License-Identifier: Apache-2.0
 *
 * What engines, bundles and stores say of one container, from their JSON to a watch_container. All texts are copied onto the arena, so that the
 * answers need not stay; what one container may say is bounded by LIMIT_WATCH_CONTAINER_BYTES. Fields about which nothing is said stay as they
 * were. Any JSON may come: what is not as expected is taken as not said. */
#pragma once

#include "formats/node.h"
#include "watch/containers.h"

/* The answer of Docker's GET /containers/ID/json, or of Podman's of the same name. False: it describes no container whose id begins with `id`. */
bool container_read_inspect(const node *inspect, span id, arena *a, watch_container *ret);

/* The container with this id in the answer of Docker's GET /containers/json?all=1: without what only being inspected tells (privileged,
 * the namespaces but that of the network, when it was started). False: it is not there. */
bool container_read_listed(const node *list, span id, arena *a, watch_container *ret);

/* The config.json of an OCI bundle: annotations of Kubernetes (containerd's CRI plugin, CRI-O), of nerdctl and of images, mounts, namespaces. Not whether it
 * is privileged. False: it is no map. */
bool container_read_spec(const node *spec, arena *a, watch_container *ret);

/* The container in containers.json of containers/storage (Podman, CRI-O): name and image. False: it is not there. */
bool container_read_stored(const node *all, span id, arena *a, watch_container *ret);

/* Mounts, labels and pod of a container as an event of a capture tells of it ("Mounts", "labels"). */
void container_read_told(const node *told, arena *a, watch_container *ret);

/* The answer of GET /images/ID/json: the digest of the manifest in the repository of c; name and tag, where c was started from an id. */
void container_read_image(const node *image, arena *a, watch_container *c);

/* Sets the name of the image and its parts. The repository is as it was typed ("nginx", "registry.example/team/app"); without tag and digest
 * the tag is "latest"; an id has no parts. */
void container_image_set(watch_container *c, span image, arena *a);

/* Nanoseconds since 1970 of a time of RFC 3339; 0: it is none, or before. */
uint64_t container_time_read(span text);
