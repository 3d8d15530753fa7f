#!/bin/sh
echo sshd
