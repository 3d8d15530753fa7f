# The installed system: its files, names, people, and the caller's own script.

unpack_system() {
    tar -xf /medium/root.tar -C /target || fail "unpack: root.tar"
    say "root unpacked"
}

configure_system() {
    local hash='*'
    echo "$answer_hostname" >/target/etc/hostname
    printf '127.0.0.1 localhost\n127.0.1.1 %s\n::1 localhost\n' "$answer_hostname" >/target/etc/hosts
    printf 'UUID=%s / ext4 noatime 0 1\n' "$root_uuid" >/target/etc/fstab
    ! is_uefi || printf 'UUID=%s /boot/efi vfat umask=077 0 2\n' "$esp_uuid" >>/target/etc/fstab
    if [ -n "$answer_password" ]; then
        hash=$(printf '%s\n' "$answer_password" | mkpasswd -m sha512 -P 0) || fail "system: cannot hash the password"
    fi
    : >/target/etc/shadow
    chmod 600 /target/etc/shadow
    echo "root:$hash:19000:0:99999:7:::" >>/target/etc/shadow
    authorize root /root
    if [ -n "$answer_user" ] && [ "$answer_user" != root ]; then
        add_user "$answer_user" "$hash"
    fi
    chroot /target /usr/lib/kiln/make-host-keys || fail "system: cannot make the SSH host keys"
    say "system configured"
}

add_user() {
    local user=$1 hash=$2
    echo "$user:x:1000:1000::/home/$user:/bin/sh" >>/target/etc/passwd
    echo "$user:x:1000:" >>/target/etc/group
    sed -i "s/^sudo:.*/&$user/" /target/etc/group
    echo "$user:$hash:19000:0:99999:7:::" >>/target/etc/shadow
    mkdir -p "/target/home/$user"
    authorize "$user" "/home/$user"
    chroot /target chown -R "$user:$user" "/home/$user"
}

authorize() {
    [ -n "$answer_authorized_key" ] || return 0
    mkdir -p -m 700 "/target$2/.ssh"
    echo "$answer_authorized_key" >"/target$2/.ssh/authorized_keys"
    chmod 600 "/target$2/.ssh/authorized_keys"
}

run_late_script() {
    local dir
    [ -n "$answer_late_url" ] || return 0
    fetch "$answer_late_url" /target/tmp/late ||
        fail "late script: cannot fetch $answer_late_url: $fetch_error"
    cp /etc/resolv.conf /target/etc/resolv.conf
    for dir in proc sys dev; do
        mount --bind "/$dir" "/target/$dir"
    done
    chroot /target /bin/sh /tmp/late >/dev/console 2>&1 || fail "late script: exit code $?"
    for dir in proc sys dev; do
        umount "/target/$dir"
    done
    rm -f /target/tmp/late
    say "late script done"
}
