# The answers file: key=value lines, # comments, values bare or in quotes. It is read, never executed.

answer_hostname=kiln-fixture
answer_user=
answer_password=
answer_disk=auto
answer_authorized_key=
answer_late_url=
answer_finish=reboot
answer_extra_cmdline=

# read_answers URL -- sets answer_* from the file there.
read_answers() {
    local line
    fetch "$1" /tmp/answers || fail "answers: cannot fetch $1: $fetch_error"
    # A last line without a newline counts too.
    while read -r line || [ -n "$line" ]; do
        read_answer "${line%"$(printf '\r')"}"
    done </tmp/answers
    rm -f /tmp/answers
    check_answers
    say "answers fetched from $1 hostname=$answer_hostname"
}

read_answer() {
    local key value
    case $1 in
    '' | '#'*) return ;;
    *=*) ;;
    *)
        say "warning: answers: not a key=value line: $1"
        return
        ;;
    esac
    key=$(trim "${1%%=*}")
    value=$(unquote "$(trim "${1#*=}")")
    case $key in
    hostname | user | password | disk | authorized_key | late_url | finish | extra_cmdline)
        # The key is one of the words above, so this runs nothing but the assignment.
        eval "answer_$key=\$value"
        ;;
    *) say "warning: answers: unknown key $key" ;;
    esac
}

check_answers() {
    case $answer_finish in
    reboot | poweroff) ;;
    *) fail "answers: finish=$answer_finish; it is reboot or poweroff" ;;
    esac
    case $answer_hostname in
    '' | *[!A-Za-z0-9.-]*) fail "answers: hostname=$answer_hostname; letters, digits, dots and hyphens only" ;;
    esac
    case $answer_user in
    [0-9-]* | *[!a-z0-9_-]*) fail "answers: user=$answer_user; small letters, digits, _ and - only" ;;
    esac
    [ -n "$answer_password$answer_authorized_key" ] ||
        fail "answers: neither password nor authorized_key; nobody could log in"
}

trim() { printf "%s\n" "$1" | sed 's/^[ \t]*//; s/[ \t]*$//'; }

unquote() {
    local inner
    case $1 in
    \"*\") inner=${1#?} && printf "%s\n" "${inner%?}" ;;
    \'*\') inner=${1#?} && printf "%s\n" "${inner%?}" ;;
    *) printf "%s\n" "$1" ;;
    esac
}
