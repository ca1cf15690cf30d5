#!/bin/sh
set -eu
docker run -d --name web --user 65532:65532 --read-only --tmpfs /tmp:size=16m,noexec,nosuid,nodev --cap-drop ALL \
	--security-opt no-new-privileges --memory 256m --cpus 1 --pids-limit 64 --restart on-failure:5 --network front \
	--health-cmd 'wget -q -O /dev/null http://127.0.0.1:8000/' -p 127.0.0.1:8000:8000 \
	registry.example.com/web:1.4.2@sha256:4bcff63911fcb4448bd4fdacec207030997caf25e9bea4045fa6c8c44de311d1
