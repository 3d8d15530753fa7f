#!/bin/sh
echo motd
