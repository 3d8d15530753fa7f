Vagrant.configure("2") { |config| config.vm.provider(:libvirt) { |v| v.memory = 1024 } }
