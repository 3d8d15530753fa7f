#!/bin/sh
nixos-install --no-root-passwd
