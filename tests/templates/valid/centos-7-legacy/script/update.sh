#!/bin/bash -eux
echo update
