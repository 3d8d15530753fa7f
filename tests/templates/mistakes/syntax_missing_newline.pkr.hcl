source "null" "a" { communicator = "none" ssh_port = 22 }
