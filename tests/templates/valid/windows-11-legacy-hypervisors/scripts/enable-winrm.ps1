Enable-PSRemoting
