#!/bin/sh -eux
apt-get update
apt-get -y dist-upgrade
reboot
sleep 60
