Disable-PSRemoting -Force
