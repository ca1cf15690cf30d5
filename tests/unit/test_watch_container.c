/* SPDX-License-Identifier: Apache-2.0
 *
 * What engines, bundles and stores say of containers. */
#include "base/buffer.h"
#include "base/limits.h"
#include "formats/json.h"
#include "test.h"
#include "watch/container_read.h"

#define ID    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define OTHER "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210"

static node *tree(const char *json, arena *a)
{
	text *t = ARENA_NEW(a, text);
	node *root = NULL;
	node_problems problems = {0};
	error e;
	text_init(t, "test", span_of(json), a);
	return json_read(t, a, &root, &problems, &e) < 0 ? NULL : root;
}

static const char docker[] =
	"{\"Id\":\"" ID "\",\"Name\":\"/web\",\"Image\":\"sha256:" OTHER
	"\",\"Created\":\"2024-05-06T07:08:09.5Z\","
	"\"State\":{\"StartedAt\":\"2024-05-06T07:08:10.000000001Z\"},"
	"\"HostConfig\":{\"Privileged\":true,\"PidMode\":\"host\",\"IpcMode\":\"private\",\"NetworkMode\":\"host\"},"
	"\"Mounts\":[{\"Source\":\"/a\",\"Destination\":\"/b\",\"Mode\":\"ro\",\"RW\":false,\"Propagation\":\"rprivate\"},"
	"{\"Source\":\"/nowhere\"}],"
	"\"Config\":{\"Image\":\"nginx:1.27\",\"Labels\":{\"team\":\"blue\",\"io.kubernetes.pod.name\":\"web-0\","
	"\"io.kubernetes.pod.namespace\":\"shop\",\"io.kubernetes.pod.uid\":\"1-2\"}}}";

TEST(docker_describes_a_container)
{
	arena a = {0};
	watch_container c = {0};
	CHECK(container_read_inspect(tree(docker, &a), SPAN("0123456789ab"), &a, &c));
	CHECK_SPAN(c.id, ID);
	CHECK_SPAN(c.name, "web");
	CHECK_SPAN(c.image, "nginx:1.27");
	CHECK_SPAN(c.image_id, "fedcba987654");
	CHECK_SPAN(c.repository, "nginx");
	CHECK_SPAN(c.tag, "1.27");
	CHECK(c.privileged && c.host_pid && c.host_network && !c.host_ipc);
	CHECK(c.start == 1714979290000000001u);
	CHECK_INT(c.mounts.count, 1);
	CHECK_SPAN(c.mounts.items[0].source, "/a");
	CHECK_SPAN(c.mounts.items[0].target, "/b");
	CHECK_SPAN(c.mounts.items[0].mode, "ro");
	CHECK(!c.mounts.items[0].writable);
	CHECK_INT(c.labels.count, 4);
	CHECK_SPAN(c.labels.items[0], "team=blue");
	CHECK_SPAN(c.pod, "web-0");
	CHECK_SPAN(c.namespace_name, "shop");
	CHECK_SPAN(c.pod_uid, "1-2");
	arena_done(&a);
}

/* A container may be called like the id of another; an answer about that one is not believed. */
TEST(answers_about_others_are_none)
{
	arena a = {0};
	watch_container c = {0};
	CHECK(!container_read_inspect(tree(docker, &a), SPAN("fedcba987654"), &a, &c));
	CHECK(!container_read_inspect(tree(docker, &a), SPAN("0123"), &a, &c));
	CHECK(!container_read_inspect(tree("{\"Id\":\"" ID "\"}", &a), SPAN(ID), &a, &c));
	CHECK(!container_read_inspect(tree("[]", &a), SPAN(ID), &a, &c));
	CHECK(!container_read_inspect(NULL, SPAN(ID), &a, &c));
	CHECK(!container_read_listed(tree("[{\"Id\":\"" OTHER "\"}]", &a), SPAN(ID), &a, &c));
	CHECK(!container_read_stored(tree("[{\"id\":\"" OTHER "\"}]", &a), SPAN(ID), &a, &c));
	CHECK(!container_read_spec(tree("[]", &a), &a, &c));
	CHECK(c.id.n == 0 && c.name.n == 0);
	arena_done(&a);
}

TEST(docker_lists_a_container)
{
	arena a = {0};
	watch_container c = {0};
	CHECK(container_read_listed(
		tree("[{\"Id\":\"" OTHER "\"},{\"Id\":\"" ID
		     "\",\"Names\":[\"/web\"],\"Image\":\"a/b\",\"ImageID\":\"sha256:" OTHER
		     "\",\"Created\":1714979289,\"Labels\":null,\"Mounts\":null,\"HostConfig\":{\"NetworkMode\":\"host\"}}]",
			&a),
		SPAN(ID), &a, &c));
	CHECK_SPAN(c.name, "web");
	CHECK_SPAN(c.repository, "a/b");
	CHECK_SPAN(c.tag, "latest");
	CHECK(c.host_network && !c.privileged);
	CHECK(c.start == 1714979289000000000u);
	CHECK_INT(c.labels.count, 0);
	arena_done(&a);
}

TEST(podman_describes_a_container)
{
	arena a = {0};
	watch_container c = {0};
	CHECK(container_read_inspect(
		tree("{\"Id\":\"" ID "\",\"Name\":\"one\",\"ImageName\":\"quay.io:443/a/b@sha256:" OTHER
		     "\",\"Image\":\"" OTHER
		     "\",\"HostConfig\":{},\"Config\":{\"Image\":\"other\"},\"State\":{\"StartedAt\":\"0001-01-01T00:00:00Z\"},"
		     "\"Created\":\"2024-05-06T09:08:09.25+02:00\"}",
			&a),
		SPAN(ID), &a, &c));
	CHECK_SPAN(c.name, "one");
	CHECK_SPAN(c.repository, "quay.io:443/a/b");
	CHECK_SPAN(c.tag, "");
	CHECK_SPAN(c.digest, "sha256:" OTHER);
	CHECK(c.start == 1714979289250000000u);
	arena_done(&a);
}

TEST(names_of_images)
{
	static const struct {
		const char *image, *repository, *tag, *digest;
	} rows[] = {
		{"nginx", "nginx", "latest", ""},
		{"localhost:5000/x", "localhost:5000/x", "latest", ""},
		{"localhost:5000/x:y", "localhost:5000/x", "y", ""},
		{"r.io/a/b:1@sha256:ab", "r.io/a/b", "1", "sha256:ab"},
		{"r.io/a/b@sha256:ab", "r.io/a/b", "", "sha256:ab"},
		{"sha256:" ID, "", "", ""},
		{"0123456789ab", "", "", ""},
		{"abc", "abc", "latest", ""},
		{":", ":", "latest", ""},
		{"@", "@", "latest", ""},
	};
	arena a = {0};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		watch_container c = {0};
		container_image_set(&c, span_of(rows[i].image), &a);
		CHECK_SPAN(c.image, rows[i].image);
		CHECK_SPAN(c.repository, rows[i].repository);
		CHECK_SPAN(c.tag, rows[i].tag);
		CHECK_SPAN(c.digest, rows[i].digest);
	}
	arena_done(&a);
}

TEST(digests_of_images)
{
	arena a = {0};
	watch_container c = {0}, by_id = {0};
	const node *image =
		tree("{\"RepoTags\":[\"nginx:1.27\"],\"RepoDigests\":[\"r.io/nginx@sha256:aa\",\"broken\","
		     "\"nginx@sha256:bb\"]}",
			&a);
	container_image_set(&c, SPAN("docker.io/library/nginx:1.27"), &a);
	container_read_image(image, &a, &c);
	CHECK_SPAN(c.digest, "sha256:bb");
	container_image_set(&by_id, SPAN("0123456789ab"), &a);
	container_read_image(image, &a, &by_id);
	CHECK_SPAN(by_id.image, "0123456789ab");
	CHECK_SPAN(by_id.repository, "nginx");
	CHECK_SPAN(by_id.tag, "1.27");
	CHECK_SPAN(by_id.digest, "sha256:bb");
	container_read_image(NULL, &a, &by_id);
	CHECK_SPAN(by_id.digest, "sha256:bb");
	arena_done(&a);
}

TEST(times)
{
	CHECK(container_time_read(SPAN("1970-01-01T00:00:01Z")) == 1000000000u);
	CHECK(container_time_read(SPAN("1970-01-02T00:00:00.123456789012-01:30")) == 91800123456789u);
	CHECK(container_time_read(SPAN("0001-01-01T00:00:00Z")) == 0);
	CHECK(container_time_read(SPAN("1970-01-01T00:30:00+01:00")) == 0);
	CHECK(container_time_read(SPAN("yesterday")) == 0);
	CHECK(container_time_read((span){0}) == 0);
}

TEST(store_of_containers)
{
	arena a = {0};
	watch_container c = {0}, damaged = {0};
	CHECK(container_read_stored(
		tree("[{\"id\":\"" ID "\",\"names\":[\"one\"],\"image\":\"" OTHER
		     "\",\"metadata\":\"{\\\"image-name\\\":\\\"localhost/a:1\\\",\\\"name\\\":\\\"two\\\"}\"}]",
			&a),
		SPAN(ID), &a, &c));
	CHECK_SPAN(c.name, "two");
	CHECK_SPAN(c.repository, "localhost/a");
	CHECK_SPAN(c.image_id, "fedcba987654");
	CHECK(container_read_stored(tree("[{\"id\":\"" ID "\",\"names\":[\"one\"],\"metadata\":\"{\"}]", &a),
		SPAN(ID), &a, &damaged));
	CHECK_SPAN(damaged.name, "one");
	CHECK_SPAN(damaged.image, "");
	arena_done(&a);
}

TEST(bundle_of_containerd)
{
	arena a = {0};
	watch_container c = {0};
	CHECK(container_read_spec(
		tree("{\"annotations\":{\"io.kubernetes.cri.container-name\":\"web\",\"io.kubernetes.cri.image-name\":\"docker.io/library/nginx:1\","
		     "\"io.kubernetes.cri.sandbox-name\":\"web-0\",\"io.kubernetes.cri.sandbox-namespace\":\"shop\",\"io.kubernetes.cri.sandbox-uid\":\"1-2\"},"
		     "\"linux\":{\"namespaces\":[{\"type\":\"pid\"},{\"type\":\"network\",\"path\":\"/proc/7/ns/net\"},{\"type\":\"ipc\",\"path\":\"/proc/1/ns/ipc\"}]},"
		     "\"mounts\":[{\"destination\":\"/proc\",\"type\":\"proc\",\"source\":\"proc\"},{\"destination\":\"/etc/hosts\",\"type\":\"bind\",\"source\":\"/h\","
		     "\"options\":[\"rbind\",\"rslave\",\"ro\"]},{\"destination\":\"/w\",\"source\":\"/s\",\"options\":[\"bind\",7]}]}",
			&a),
		&a, &c));
	CHECK_SPAN(c.name, "web");
	CHECK_SPAN(c.repository, "docker.io/library/nginx");
	CHECK_SPAN(c.pod, "web-0");
	CHECK_SPAN(c.namespace_name, "shop");
	CHECK_SPAN(c.pod_uid, "1-2");
	CHECK(!c.host_pid && !c.host_network && c.host_ipc);
	CHECK_INT(c.mounts.count, 2);
	CHECK_SPAN(c.mounts.items[0].propagation, "rslave");
	CHECK(!c.mounts.items[0].writable && c.mounts.items[1].writable);
	CHECK_INT(c.labels.count, 0);
	arena_done(&a);
}

TEST(bundle_of_crio)
{
	arena a = {0};
	watch_container c = {0};
	CHECK(container_read_spec(
		tree("{\"annotations\":{\"io.kubernetes.container.name\":\"web\",\"io.kubernetes.cri-o.ImageName\":\"quay.io/a/b:2\",\"io.kubernetes.cri-o.ImageRef\":\"" OTHER
		     "\",\"io.kubernetes.pod.name\":\"web-0\",\"io.kubernetes.pod.namespace\":\"shop\",\"io.kubernetes.pod.uid\":\"1-2\","
		     "\"io.kubernetes.cri-o.Labels\":\"{\\\"app\\\":\\\"x\\\"}\"}}",
			&a),
		&a, &c));
	CHECK_SPAN(c.name, "web");
	CHECK_SPAN(c.image, "quay.io/a/b:2");
	CHECK_SPAN(c.image_id, "fedcba987654");
	CHECK_SPAN(c.pod, "web-0");
	CHECK_INT(c.labels.count, 1);
	CHECK_SPAN(c.labels.items[0], "app=x");
	CHECK(c.host_pid && c.host_network);
	arena_done(&a);
}

TEST(bundle_of_nerdctl)
{
	arena a = {0};
	watch_container c = {0};
	CHECK(container_read_spec(
		tree("{\"annotations\":{\"nerdctl/name\":\"one\",\"team\":\"blue\"},\"linux\":{\"namespaces\":[]}}",
			&a),
		&a, &c));
	CHECK_SPAN(c.name, "one");
	CHECK_INT(c.labels.count, 2);
	CHECK_SPAN(c.image, "");
	arena_done(&a);
}

/* Whoever starts a container chooses its labels: what does not fit is left out, the others stay. */
TEST(labels_are_bounded)
{
	arena a = {0};
	auto_buffer json = {0};
	watch_container c = {0};
	buffer_add_string(&json, "{\"Id\":\"" ID "\",\"HostConfig\":{},\"Config\":{\"Labels\":{\"large\":\"");
	buffer_repeat(&json, 'x', LIMIT_WATCH_CONTAINER_BYTES);
	buffer_add_string(&json, "\"");
	for (int i = 0; i < 10000; i++)
		buffer_format(&json, ",\"l%d\":\"\"", i);
	buffer_add_string(&json, "}}}");
	buffer_add_byte(&json, 0);
	CHECK(container_read_inspect(tree(json.p, &a), SPAN(ID), &a, &c));
	CHECK(c.labels.count > 1000 && c.labels.count < 3000);
	CHECK_SPAN(c.labels.items[0], "l0=");
	arena_done(&a);
}

TEST_MAIN()
