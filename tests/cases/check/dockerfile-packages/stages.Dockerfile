FROM fedora:40 AS build
RUN yum install -y curl-7 && dnf install -y curl-7 && zypper install -y curl=7
FROM fedora:40
CMD ["start"]
