#!/bin/bash
pacman -Scc --noconfirm
