echo enable-rdp.bat
