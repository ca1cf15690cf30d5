FROM golang AS build
ARG API_TOKEN=swordfish-1234
FROM scratch
COPY --from=build /a /a
HEALTHCHECK NONE
