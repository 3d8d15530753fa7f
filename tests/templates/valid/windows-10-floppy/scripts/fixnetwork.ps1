Set-NetConnectionProfile -NetworkCategory Private
