#!/bin/sh
cloud-init clean
