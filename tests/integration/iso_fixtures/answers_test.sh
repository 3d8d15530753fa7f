#!/bin/bash
# Reads answers files with the installer's own parser, in busybox's shell as on the CD.
set -uo pipefail
. "$(dirname "$0")/testing.sh"
require busybox

# answer KEY FILE -- what the installer takes from the file; messages go to stderr, a refusal ends with 1.
answer() {
    busybox sh -c '
        say() { echo "$*" >&2; }
        fail() { say "FAILED: $*"; exit 1; }
        fetch() { cp "$1" "$2"; }
        . "$1"
        read_answers "$3"
        eval "printf %s \"\$answer_$2\""
    ' - "$scratch/answers.sh" "$1" "$2"
}
# The parser keeps its copy of the file in /tmp; here it shall not meddle with the machine's.
sed "s,/tmp/answers,$scratch/fetched,g" "$fixtures/installer/usr/lib/kiln/answers.sh" >"$scratch/answers.sh"

gives() {
    local key=$1 wanted=$2 got
    printf '%b' "$3" >"$scratch/file"
    got=$(answer "$key" "$scratch/file" 2>"$scratch/messages") || { cat "$scratch/messages"; return 1; }
    [ "$got" = "$wanted" ] || { echo "wanted <$wanted>, got <$got>"; return 1; }
}

refuses() {
    printf '%b' "$2" >"$scratch/file"
    ! answer hostname "$scratch/file" >/dev/null 2>"$scratch/messages" && grep "$1" "$scratch/messages"
}

warns() {
    gives hostname kiln-fixture "$2" && grep "$1" "$scratch/messages"
}

check "TakesABareValue" gives hostname box 'hostname=box\npassword=x\n'
check "TakesADoubleQuotedValue" gives password 'a b' 'password="a b"\n'
check "TakesASingleQuotedValue" gives password 'a"b' "password='a\"b'\n"
check "KeepsEqualsSignsInTheValue" gives extra_cmdline 'a=b c=d' 'password=x\nextra_cmdline=a=b c=d\n'
check "IgnoresSpaceAroundTheEqualsSign" gives user kiln 'user = kiln\npassword=x\n'
check "IgnoresCommentsAndEmptyLines" gives user kiln '# user=other\n\nuser=kiln\npassword=x\n'
check "ReadsALastLineWithoutNewline" gives user kiln 'password=x\nuser=kiln'
check "ReadsLinesWithCarriageReturns" gives user kiln 'user=kiln\r\npassword=x\r\n'
check "HasDefaults" gives disk auto 'password=x\n'
check "DoesNotRunTheValue" gives password '$(touch /nonexistent/x)`id`' 'password=$(touch /nonexistent/x)`id`\n'
check "KeepsBackslashes" gives password 'a\nb' 'password=a\\nb\n'
check "AcceptsAKeyInsteadOfAPassword" gives hostname kiln-fixture 'authorized_key=ssh-ed25519 AAAA me\n'
check "WarnsAboutAnUnknownKey" warns 'unknown key colour' 'password=x\ncolour=red\n'
check "WarnsAboutALineThatIsNoAnswer" warns 'not a key=value line' 'password=x\nhello\n'
check "RefusesAnswersWithoutAnyLogin" refuses 'nobody could log in' 'hostname=box\n'
check "RefusesAnUnknownFinish" refuses 'reboot or poweroff' 'password=x\nfinish=dance\n'
check "RefusesAHostnameWithSpaces" refuses 'hostname=' 'password=x\nhostname=a b\n'
check "RefusesAUserNameWithColons" refuses 'user=' 'password=x\nuser=a:b\n'
finish
