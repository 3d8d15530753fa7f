#!/bin/bash -eux
echo vmware
