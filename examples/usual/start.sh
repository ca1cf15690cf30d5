#!/bin/sh
docker build -t web .
docker run -d --name web --privileged -p 8000:8000 -v /etc:/host-etc -e DB_PASSWORD=hunter2-in-production web:latest
