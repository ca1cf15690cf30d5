FROM debian:12
ARG GITHUB_TOKEN=ghp_0123456789abcdefghijklmnopqrstuvwxyz
USER app
HEALTHCHECK CMD ["a"]
