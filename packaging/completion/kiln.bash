# bash completion for kiln: kiln itself knows its commands, flags, components and options.
_kiln() {
    local -a words
    local line=${COMP_LINE:0:COMP_POINT} current candidate
    read -ra words <<<"$line"
    [[ $line == *[[:space:]] ]] && words+=('')
    current=${words[-1]}
    COMPREPLY=()
    while IFS=$'\t' read -r candidate _; do
        case $candidate in
            :file | :directory)
                compopt -o filenames
                mapfile -t COMPREPLY < <(compgen "-${candidate:1:1}" -- "${current#*=}")
                ;;
            # bash takes = for the end of a word, so that only what follows it is replaced.
            *=*) COMPREPLY+=("${candidate#*=}") ;;
            *) COMPREPLY+=("$candidate") ;;
        esac
    done < <("${words[0]}" complete -- "${words[@]:1}" 2>/dev/null)
}
complete -F _kiln kiln
