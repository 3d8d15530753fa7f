# fish completion for kiln: kiln itself knows its commands, flags, components and options.
function __kiln_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    for candidate in ($words[1] complete -- $words[2..-1] $current 2>/dev/null)
        switch $candidate
            case :file
                __fish_complete_path (string replace -r '^-[^=]*=' '' -- $current)
            case :directory
                __fish_complete_directories (string replace -r '^-[^=]*=' '' -- $current)
            case '*'
                echo $candidate
        end
    end
end
complete -c kiln -f -a '(__kiln_complete)'
