#!/bin/sh
docker run --memory-reservation 2g registry.example.com/app:1.0
