#!/bin/bash
pacstrap -K /mnt base linux openssh
systemctl reboot
