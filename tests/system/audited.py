# SPDX-License-Identifier: Apache-2.0
"""Running bulkhead audit against engines of a test, and looking into its report."""
import os

from common import report

NOWHERE = "unix:///nowhere"


def environment_of(docker=None, podman=None):
    """Of the engines, those of the test by their sockets; no other is asked."""
    return {**os.environ, "DOCKER_HOST": "unix://" + docker if docker else NOWHERE, "CONTAINER_HOST": "unix://" + podman if podman else NOWHERE}


def audit(*words, docker=None, podman=None, **options):
    """(exit code, the report) of all rules."""
    return report("audit", *words, "--no-config", env=environment_of(docker, podman), **options)


def containers(found):
    return {one["name"]: one for one in found["workloads"] if one["kind"] == "container"}
