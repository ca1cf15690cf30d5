#!/bin/sh
set -eu
# docker run --privileged in-a-comment
docker run --rm \
	--name web \
	-p 8080:80 \
	-v /var/run/docker.sock:/var/run/docker.sock \
	-e API_TOKEN=ghp_0123456789abcdefghijklmnopqrstuvwxyz \
	--privileged nginx:1.27
sudo podman run -itd -v "$(pwd)":/src --cap-add=SYS_ADMIN,NET_ADMIN --security-opt seccomp=unconfined alpine
docker create $DOCKER_OPTS --pid host "$IMAGE"
sh -c 'docker run --network host --user 0 busybox:1.36'
docker run --read-only --cap-drop ALL --security-opt no-new-privileges --memory 64m --cpus .5 --pids-limit 50 \
	--user 65532:65532 --restart on-failure:5 --health-cmd true --tmpfs /tmp:size=1m --network back \
	-p 127.0.0.1:8080:8080 alpine@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
docker compose run web
docker service create nginx
