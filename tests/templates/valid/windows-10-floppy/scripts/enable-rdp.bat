netsh advfirewall firewall set rule group="remote desktop" new enable=Yes
