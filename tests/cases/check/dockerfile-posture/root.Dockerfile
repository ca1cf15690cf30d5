ARG DB_PASSWORD
FROM golang:latest
USER root
