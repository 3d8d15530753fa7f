#!/bin/bash -eux
echo cleanup
