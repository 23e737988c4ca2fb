export type Shell = keyof typeof scripts;

/**
 * What each shell reads. Each asks the very program whose line is completed, so that its version answers, and hands the words
 * over as arguments: an `eval` of the line, as many completions have it, would run `$(…)` that somebody is still typing.
 * The word to complete goes in one argument with its option, because Windows PowerShell drops an argument that is empty.
 */
export const scripts = {
	bash: `_storage_replication() {
	local IFS=$'\\n'
	COMPREPLY=($("$1" complete --begun="$2" -- "\${COMP_WORDS[@]:1:COMP_CWORD-1}" 2>/dev/null | cut -f1))
}
complete -o default -F _storage_replication storage-replication pulumi-storage-replication
`,
	zsh: `#compdef storage-replication pulumi-storage-replication
_storage_replication() {
	local line
	local -a found
	while IFS= read -r line; do
		found+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
	done < <("\${words[1]}" complete --begun="\${(Q)words[CURRENT]}" -- "\${(@Q)words[2,CURRENT-1]}" 2>/dev/null)
	if (( \${#found} )); then _describe -V word found; else _files; fi
}
compdef _storage_replication storage-replication pulumi-storage-replication
`,
	fish: `function __storage_replication
	set -l words (commandline -opc)
	set -l begun (commandline -ct)
	set -l found ($words[1] complete --begun="$begun" -- $words[2..] 2>/dev/null)
	if set -q found[1]
		printf '%s\\n' $found
	else
		__fish_complete_path "$begun"
	end
end
complete -c storage-replication -c pulumi-storage-replication -f -a '(__storage_replication)'
`,
	powershell: `Register-ArgumentCompleter -Native -CommandName storage-replication, pulumi-storage-replication -ScriptBlock {
	param($begun, $line, $cursor)
	$before = @($line.CommandElements | Where-Object {
		$_.Extent.StartOffset -gt $line.Extent.StartOffset -and $_.Extent.EndOffset -lt $cursor
	} | ForEach-Object {
		if ($_ -is [System.Management.Automation.Language.StringConstantExpressionAst]) { $_.Value } else { $_.Extent.Text }
	})
	& $line.GetCommandName() complete "--begun=$begun" '--' @before 2>$null | ForEach-Object {
		$word, $meaning = $_ -split "\`t", 2
		if (-not $meaning) { $meaning = $word }
		[System.Management.Automation.CompletionResult]::new($word, $word, 'ParameterValue', $meaning)
	}
}
`,
} as const;
