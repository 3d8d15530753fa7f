#compdef kiln
# zsh completion for kiln: kiln itself knows its commands, flags, components and options.
_kiln() {
    local candidate doc files=''
    local -a names docs
    while IFS=$'\t' read -r candidate doc; do
        case $candidate in
            :file) files=file ;;
            :directory) files=directory ;;
            *)
                names+=("$candidate")
                docs+=("${candidate}${doc:+  -- $doc}")
                ;;
        esac
    done < <("${words[1]}" complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)
    (( ${#names} )) && compadd -l -d docs -- "${names[@]}"
    if [[ -n $files ]]; then
        compset -P '*='
        if [[ $files == directory ]]; then _files -/; else _files; fi
    fi
}
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
compdef _kiln kiln
