echo vm-guest-tools.bat
