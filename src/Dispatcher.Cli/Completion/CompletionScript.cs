namespace Dispatcher.Cli.Completion;

/// <summary>
/// What a shell has to know to complete <c>dispatcher</c>. Each script hands what was typed, without the command's name, back to the command
/// line, whose <c>[suggest]</c> directive answers a line for each word that fits.
/// </summary>
internal static class CompletionScript
{
    /// <summary>The shells, and their scripts.</summary>
    public static IReadOnlyDictionary<string, string> All { get; } = new Dictionary<string, string>
    {
        ["bash"] = """
            # dispatcher completion for bash:  source <(dispatcher completion bash)
            _dispatcher_complete() {
              local line="${COMP_LINE:0:COMP_POINT}" word="${COMP_WORDS[COMP_CWORD]}" IFS=$'\n'
              local text="${line#*[[:space:]]}"
              COMPREPLY=($(compgen -W "$("$1" "[suggest:${#text}]" "$text" 2>/dev/null)" -- "$word"))
            }
            complete -o default -F _dispatcher_complete dispatcher
            """,
        ["zsh"] = """
            #compdef dispatcher
            # dispatcher completion for zsh:  source <(dispatcher completion zsh)   (after compinit)
            _dispatcher_complete() {
              local text="${(j: :)words[2,CURRENT]}"
              local -a found=("${(@f)$("${words[1]}" "[suggest:${#text}]" "$text" 2>/dev/null)}")
              [[ -n "$found" ]] && compadd -- "${found[@]}" || _files
            }
            compdef _dispatcher_complete dispatcher
            """,
        ["fish"] = """
            # dispatcher completion for fish:  dispatcher completion fish | source
            function __dispatcher_complete
                set -l text (commandline -cp | string replace -r '^\s*\S+\s' '')
                set -l size (string length -- "$text")
                command dispatcher "[suggest:$size]" "$text" 2>/dev/null
            end
            complete -c dispatcher -f -a '(__dispatcher_complete)'
            complete -c dispatcher -l config -l file -l apps -r -F
            """,
        ["pwsh"] = """
            # dispatcher completion for PowerShell:  dispatcher completion pwsh | Out-String | Invoke-Expression
            Register-ArgumentCompleter -Native -CommandName dispatcher -ScriptBlock {
                param($word, $ast, $position)
                $line = $ast.ToString().PadRight($position - $ast.Extent.StartOffset).Substring(0, $position - $ast.Extent.StartOffset)
                $text = $line -replace '^\S+\s', ''
                & $ast.CommandElements[0].Value "[suggest:$($text.Length)]" "$text" 2>$null |
                    Where-Object { $_ -like "$word*" } |
                    ForEach-Object { [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_) }
            }
            """,
    };
}
