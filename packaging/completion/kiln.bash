# bash completion for kiln
_kiln() {
    local current=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]-}
    local shared='-only -except -var -var-file'
    if [ "$COMP_CWORD" -eq 1 ]; then
        mapfile -t COMPREPLY < <(compgen -W 'build doctor image validate version' -- "$current")
        return
    fi
    case $current in
        -*)
            case $command in
                build)
                    mapfile -t COMPREPLY < <(compgen -W "$shared -color -debug -force -machine-readable -on-error \
                        -parallel-builds -timestamp-ui -warn-on-undeclared-var" -- "$current")
                    ;;
                validate)
                    mapfile -t COMPREPLY < <(compgen -W "$shared -syntax-only -no-warn-undeclared-var" -- "$current")
                    ;;
                doctor) mapfile -t COMPREPLY < <(compgen -W '--json' -- "$current") ;;
            esac
            ;;
        *)
            if [ "$command" = image ] && [ "$COMP_CWORD" -eq 2 ]; then
                mapfile -t COMPREPLY < <(compgen -W 'info convert check compare' -- "$current")
            else
                mapfile -t COMPREPLY < <(compgen -f -- "$current")
            fi
            ;;
    esac
}
complete -o filenames -F _kiln kiln
