/* SPDX-License-Identifier: Apache-2.0
 *
 * The words of fd.type, fd.typechar and fd.l4proto. */
#include "watch/descriptor_words.h"

static const struct {
	const char *name, *letter;
} types[DESCRIPTOR_TYPES] = {
	[DESCRIPTOR_UNKNOWN] = {"<NA>", "o"},
	[DESCRIPTOR_FILE] = {"file", "f"},
	[DESCRIPTOR_FOLDER] = {"directory", "d"},
	[DESCRIPTOR_IPV4] = {"ipv4", "4"},
	[DESCRIPTOR_IPV6] = {"ipv6", "6"},
	[DESCRIPTOR_UNIX] = {"unix", "u"},
	[DESCRIPTOR_FIFO] = {"pipe", "p"},
	[DESCRIPTOR_EVENT] = {"event", "e"},
	[DESCRIPTOR_SIGNAL] = {"signalfd", "s"},
	[DESCRIPTOR_EPOLL] = {"eventpoll", "l"},
	[DESCRIPTOR_INOTIFY] = {"inotify", "i"},
	[DESCRIPTOR_TIMER] = {"timerfd", "t"},
	[DESCRIPTOR_BPF] = {"bpf", "b"},
	[DESCRIPTOR_USERFAULT] = {"userfaultfd", "u"},
	[DESCRIPTOR_IOURING] = {"io_uring", "r"},
	[DESCRIPTOR_MEMFD] = {"memfd", "m"},
	[DESCRIPTOR_PIDFD] = {"pidfd", "P"},
	[DESCRIPTOR_NETLINK] = {"netlink", "n"},
	[DESCRIPTOR_UNSUPPORTED] = {"<NA>", "o"},
};

static const char *const protocols[] = {
	[PROTOCOL_UNKNOWN] = "<NA>",
	[PROTOCOL_NONE] = "<NA>",
	[PROTOCOL_TCP] = "tcp",
	[PROTOCOL_UDP] = "udp",
	[PROTOCOL_ICMP] = "icmp",
	[PROTOCOL_RAW] = "raw",
};

const char *descriptor_type_name(descriptor_type type)
{
	return types[type < DESCRIPTOR_TYPES ? type : DESCRIPTOR_UNKNOWN].name;
}

const char *descriptor_type_letter(descriptor_type type)
{
	return types[type < DESCRIPTOR_TYPES ? type : DESCRIPTOR_UNKNOWN].letter;
}

const char *socket_protocol_name(socket_protocol protocol)
{
	return protocols[protocol <= PROTOCOL_RAW ? protocol : PROTOCOL_UNKNOWN];
}
