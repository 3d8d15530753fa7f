#!/bin/bash
useradd --create-home vagrant
systemctl start sshd
