#!/bin/sh -ex
pkg bootstrap -y
pkg install -y $PACKAGES
