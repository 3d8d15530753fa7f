#cloud-config
autoinstall:
  version: 1
  identity:
    hostname: ubuntu
    username: ${build_username}
  storage:
    config:
%{ for i, disk in disks ~}
      - {type: disk, id: disk${i}, size: ${disk.size}}
%{ endfor ~}
