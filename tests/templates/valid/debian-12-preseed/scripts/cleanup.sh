#!/bin/sh -eux
apt-get -y autoremove --purge
apt-get clean
truncate -s 0 /etc/machine-id
