%{ for p in partitions ~}
part ${p.mount.path} --size=${p.size} --fstype=${p.format.fstype}%{ if p.volume_group != "" } --vg=${p.volume_group}%{ endif }
%{ endfor ~}
