/* SPDX-License-Identifier: Apache-2.0
 *
 * One node a name, found by a hash over parent and name. Nodes are never given back, so that a name that comes and goes keeps its node; what a
 * folder holds is a chain of nodes, which is cut off when the folder goes. So each entry pays for its own removal, however often whiteouts repeat. */
#include "image/tree.h"

#include "base/limits.h"

typedef struct tree_node {
	struct tree_node *parent, *child, *sibling; /* child: the chain of what may be in it */
	struct tree_node *same_hash;
	span name;
	image_file *file; /* NULL: a folder that no layer names, only files in it */
	bool here;        /* exists now */
	bool chained;     /* is in its parent's chain */
	bool folder;
} tree_node;

struct image_tree {
	arena *arena;
	atomic_size_t *index_bytes;
	tree_node **slots;
	uint32_t count, room;
	tree_node *root;
	uint64_t steps;
	uint16_t layer;   /* that is being applied */
	span last_folder; /* of the entry before, and its node: entries come folder by folder */
	tree_node *last_node;
};

image_tree *image_tree_new(arena *a, atomic_size_t *index_bytes)
{
	image_tree *t = ARENA_NEW(a, image_tree);
	*t = (image_tree){.arena = a, .index_bytes = index_bytes, .root = ARENA_NEW(a, tree_node)};
	t->root->here = t->root->folder = true;
	return t;
}

/* --- nodes --- */

static uint32_t hash_of(const tree_node *parent, span name)
{
	uint64_t h = span_hash(name) ^ ((uintptr_t)parent >> 4) * 0x9e3779b97f4a7c15u;
	return (uint32_t)(h ^ h >> 32);
}

static int grow(image_tree *t, error *e)
{
	uint32_t room = t->room ? t->room * 2 : 1024;
	TRY(layer_charge(t->index_bytes, room * sizeof *t->slots, e));
	tree_node **slots = ARENA_ARRAY(t->arena, tree_node *, room);
	for (uint32_t i = 0; i < t->room; i++)
		for (tree_node *n = t->slots[i], *next; n; n = next) {
			next = n->same_hash;
			tree_node **slot = &slots[hash_of(n->parent, n->name) & (room - 1)];
			n->same_hash = *slot;
			*slot = n;
		}
	t->slots = slots;
	t->room = room;
	return 0;
}

/* Steps are counted along the chain as well: names can be made up to share a hash. */
static tree_node *node_of(const image_tree *t, const tree_node *parent, span name, uint64_t *steps)
{
	tree_node *n = t->room ? t->slots[hash_of(parent, name) & (t->room - 1)] : NULL;
	for (; n && (n->parent != parent || !span_equal(n->name, name)); ++*steps)
		n = n->same_hash;
	return n;
}

/* The node of a name, made where there is none; it need not be here. */
static int node_make(image_tree *t, tree_node *parent, span name, tree_node **ret, error *e)
{
	tree_node *n = node_of(t, parent, name, &t->steps);
	if (!n) {
		TRY(layer_charge(t->index_bytes, sizeof *n, e));
		if (t->count >= t->room)
			TRY(grow(t, e));
		n = ARENA_NEW(t->arena, tree_node);
		n->parent = parent;
		n->name = name;
		tree_node **slot = &t->slots[hash_of(parent, name) & (t->room - 1)];
		n->same_hash = *slot;
		*slot = n;
		t->count++;
	}
	if (!n->chained) {
		n->sibling = parent->child;
		parent->child = n;
		n->chained = true;
	}
	*ret = n;
	return 0;
}

/* --- removal --- */

static void node_leave(image_tree *t, tree_node *n, image_state state)
{
	if (n->folder || (n->file && n->file->type == TAR_LINK))
		t->last_node = NULL; /* it may be this one, or in it, or lead to it */
	if (n->file) {
		n->file->state = (uint8_t)state;
		n->file->gone = t->layer;
	}
	n->file = NULL;
	n->here = n->folder = false;
}

/* Empties a folder: walks down to the last of a chain and back up, without recursion, as the depth is the input's. */
static void node_empty(image_tree *t, tree_node *folder)
{
	tree_node *at = folder;
	for (;;) {
		tree_node *child = at->child;
		if (child) {
			at->child = child->sibling;
			child->chained = false;
			at = child;
			continue;
		}
		if (at == folder)
			return;
		node_leave(t, at, IMAGE_DELETED);
		at = at->parent;
	}
}

static void node_remove(image_tree *t, tree_node *n, image_state state)
{
	node_empty(t, n);
	node_leave(t, n, state);
}

/* --- finding the folder of an entry --- */

typedef struct path_walk { /* from name to name; links put their own path before what is left */
	span rest;
	uint32_t links;
	arena scratch;
} path_walk;

static int count_step(image_tree *t, error *e)
{
	if (++t->steps > LIMIT_IMAGE_STEPS)
		return error_set(e, ERROR_LIMIT,
			"laying the layers over one another takes more than %d steps", LIMIT_IMAGE_STEPS);
	return 0;
}

static bool is_link(const tree_node *n)
{
	return n && n->here && n->file && n->file->type == TAR_LINK;
}

/* Puts a link's path before the rest; false when there were too many. An absolute one starts at the root of the image. */
static bool follow(const image_tree *t, path_walk *p, const image_file *link, tree_node **at)
{
	if (++p->links > LIMIT_IMAGE_LINKS)
		return false;
	if (link->link.n && link->link.p[0] == '/')
		*at = t->root;
	p->rest = arena_format(&p->scratch, "%.*s/%.*s", SPAN_ARG(link->link), SPAN_ARG(p->rest));
	return true;
}

static bool stays(span part)
{
	return part.n == 0 || span_is(part, ".");
}

/* A name on the way to a file: a folder that no layer made is made, and takes the place of a file. */
static int enter(image_tree *t, tree_node *parent, span part, tree_node **ret, error *e)
{
	tree_node *n;
	TRY(node_make(t, parent, part, &n, e));
	if (n->here && !n->folder)
		node_remove(t, n, IMAGE_REPLACED);
	n->here = n->folder = true;
	*ret = n;
	return 0;
}

static int folder_walk(image_tree *t, path_walk *p, tree_node **ret, error *e)
{
	tree_node *at = t->root;
	span part;
	while (span_cut(&p->rest, '/', &part)) {
		TRY(count_step(t, e));
		if (stays(part))
			continue;
		if (span_is(part, "..")) {
			at = at->parent ? at->parent : at;
			continue;
		}
		tree_node *n = node_of(t, at, part, &t->steps);
		if (is_link(n) && follow(t, p, n->file, &at))
			continue;
		/* Names that live on are those of the layers; parts of links are copied. */
		if (!n && p->links)
			part = arena_copy(t->arena, part);
		TRY(enter(t, at, part, &at, e));
	}
	*ret = at;
	return 0;
}

/* The node of the folder that a path lies in, made where it is not there. */
static int folder_of(image_tree *t, span path, span *name, tree_node **ret, error *e)
{
	size_t slash = span_find_last(path, '/');
	span folder = slash == SPAN_NONE ? (span){0} : span_sub(path, 0, slash);
	*name = slash == SPAN_NONE ? path : span_from(path, slash + 1);
	if (!t->last_node || !span_equal(folder, t->last_folder)) {
		path_walk p = {.rest = folder};
		tree_node *found;
		int status = folder_walk(t, &p, &found, e);
		arena_done(&p.scratch);
		TRY(status);
		t->last_folder = folder;
		t->last_node = found;
	}
	*ret = t->last_node;
	return 0;
}

/* Looks a path up without making anything; NULL when it is not there. */
static tree_node *look_up(const image_tree *t, span path, bool last_too, uint64_t *steps)
{
	path_walk p = {.rest = path};
	tree_node *at = t->root;
	span part;
	while (at && span_cut(&p.rest, '/', &part)) {
		if (stays(part))
			continue;
		if (span_is(part, "..")) {
			at = at->parent ? at->parent : at;
			continue;
		}
		++*steps;
		tree_node *n = node_of(t, at, part, steps);
		if (is_link(n) && (last_too || p.rest.n)) {
			if (!follow(t, &p, n->file, &at))
				at = NULL;
			continue;
		}
		at = n && n->here ? n : NULL;
	}
	arena_done(&p.scratch);
	return at;
}

/* --- layers --- */

static void whiteout_apply(image_tree *t, const image_file *file)
{
	tree_node *n = file->path.n ? look_up(t, file->path, file->mark == LAYER_OPAQUE, &t->steps) : t->root;
	if (!n)
		return;
	if (file->mark == LAYER_OPAQUE)
		node_empty(t, n);
	else
		node_remove(t, n, IMAGE_DELETED);
}

static void link_apply(image_tree *t, layer_list *layer, image_file *file)
{
	const tree_node *n = look_up(t, file->link, false, &t->steps);
	const image_file *target = n ? n->file : NULL;
	if (target && target->type == TAR_HARD_LINK)
		target = target->target;
	if (target && target->type != TAR_FOLDER) {
		file->target = target;
		return;
	}
	error e;
	error_set(&e, ERROR_DAMAGED, "%.*s: a hard link to %.*s, which is not there",
		SPAN_ARG(span_sub(file->path, 0, 100)), SPAN_ARG(span_sub(file->link, 0, 80)));
	layer_problem(layer, &e);
}

static void node_place(image_tree *t, tree_node *n, image_file *file)
{
	bool folder = file->type == TAR_FOLDER;
	if (n->here && folder && n->folder) { /* a folder over a folder: what is in it stays */
		if (n->file) {
			n->file->state = IMAGE_REPLACED;
			n->file->gone = t->layer;
		}
	} else if (n->here) {
		node_remove(t, n, IMAGE_REPLACED);
	}
	n->file = file;
	n->here = true;
	n->folder = folder;
	file->state = IMAGE_FINAL;
	if (file->type == TAR_LINK) /* paths that are known may now lead elsewhere */
		t->last_node = NULL;
}

static int entry_apply(image_tree *t, layer_list *layer, image_file *file, error *e)
{
	tree_node *folder, *n;
	span name;
	TRY(count_step(t, e));
	if (file->type == TAR_HARD_LINK) /* before it takes the place of what it may point to */
		link_apply(t, layer, file);
	TRY(folder_of(t, file->path, &name, &folder, e));
	TRY(node_make(t, folder, name, &n, e));
	node_place(t, n, file);
	return 0;
}

int image_tree_apply(image_tree *t, layer_list *layer, uint16_t number, error *e)
{
	t->layer = number;
	t->last_node = NULL;
	for (image_file *file = layer->first; file; file = file->next) {
		file->layer = number;
		if (file->mark != LAYER_ENTRY) {
			TRY(count_step(t, e));
			whiteout_apply(t, file);
		}
	}
	t->last_node = NULL;
	for (image_file *file = layer->first; file; file = file->next)
		if (file->mark == LAYER_ENTRY)
			TRY(entry_apply(t, layer, file, e));
	return 0;
}

const image_file *image_tree_find(const image_tree *t, span path)
{
	uint64_t steps = 0;
	const tree_node *n = look_up(t, path, true, &steps);
	return n ? n->file : NULL;
}
