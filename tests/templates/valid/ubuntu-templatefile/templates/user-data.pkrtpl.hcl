#cloud-config
hostname: ${hostname}
users:
  - name: ${user.name}
    plain_text_passwd: ${jsonencode(user.password)}
    lock_passwd: false
    groups: [${join(", ", user.groups)}]
%{ if length(user.keys) > 0 ~}
    ssh_authorized_keys:
%{ for key in user.keys ~}
      - ${key}
%{ endfor ~}
%{ endif ~}
packages: ${jsonencode(packages)}
%{ if swap > 0 ~}
swap:
  filename: /swapfile
  size: ${swap * 1024 * 1024}
%{ endif ~}
%{ if dns != "" }runcmd: [["resolvectl", "dns", "eth0", "${dns}"]]%{ endif }
