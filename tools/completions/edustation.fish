# fish completion of edustation; the program itself knows what may stand next.
function __edustation_complete
    set -l words (commandline -opc) (commandline -ct)
    for line in (edustation complete $words[2..-1] 2>/dev/null)
        if test "$line" = ":files"
            __fish_complete_path (commandline -ct)
        else
            echo $line
        end
    end
end
complete -c edustation -f -a '(__edustation_complete)'
