import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { requirePwsh } from "../powershell/realPowerShell";
import { temporaryFolder } from "../temporaryFolder";

/** Walks what the engine's own parser makes of each text. */
const inspection = `
$texts = [System.IO.File]::ReadAllText($env:TEXTS) | ConvertFrom-Json
foreach ($text in $texts) {
	$tokens = $null; $errors = $null
	$ast = [System.Management.Automation.Language.Parser]::ParseInput($text.text, [ref]$tokens, [ref]$errors)
	foreach ($e in $errors) { [Console]::Out.WriteLine($text.name + ': ' + $e.Message) }
	foreach ($t in $tokens) { if ('QuestionQuestion', 'QuestionQuestionEquals', 'QuestionDot', 'QuestionLBracket', 'AndAnd', 'OrOr', 'QuestionMark', 'Clean' -contains [string]$t.Kind) { [Console]::Out.WriteLine($text.name + ': ' + $t.Text) } }
	$newer = { param($node) 'TernaryExpressionAst', 'PipelineChainAst' -contains $node.GetType().Name -or ($node -is [System.Management.Automation.Language.PipelineAst] -and $node.Background) }
	foreach ($node in $ast.FindAll($newer, $true)) { [Console]::Out.WriteLine($text.name + ': ' + $node.Extent.Text) }
}
[Console]::Out.WriteLine('inspected ' + @($texts).Count)
`;

/** What of these texts is no PowerShell, or not that of 5.1, by the real engine. */
export function newerThan51(texts: Readonly<Record<string, string>>): readonly string[] {
	const file = join(temporaryFolder("texts"), "texts.json");
	writeFileSync(file, JSON.stringify(Object.entries(texts).map(([name, text]) => ({ name, text }))));
	const run = spawnSync(requirePwsh(), ["-NoProfile", "-NonInteractive", "-Command", inspection], {
		env: { ...process.env, TEXTS: file, NO_COLOR: "1", TERM: "dumb" },
		encoding: "utf8",
		windowsHide: true,
	});
	const lines = run.stdout.split(/\r?\n/).filter((line) => line !== "");
	if (lines.pop() !== `inspected ${Object.keys(texts).length}`) throw new Error(`${run.stdout}\n${run.stderr}`);
	return lines;
}
