import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { scriptFiles } from "../../provider/hosts/powershell/bootstrapScript";
import { describeWithPowerShell } from "./describeWithPowerShell";
import { requirePwsh } from "./realPowerShell";

const scripts = scriptFiles.map((name) => resolve(__dirname, "../../provider/hosts/powershell", name));

/** Parses the script with the engine's own parser and lists what Windows PowerShell 5.1 or the contract forbids. */
const inspection = String.raw`
$tokens = $null; $errors = $null
$ast = [System.Management.Automation.Language.Parser]::ParseInput(($env:SCRIPTS.Split('|') | ForEach-Object { [System.IO.File]::ReadAllText($_) }) -join '', [ref]$tokens, [ref]$errors)
$found = [System.Collections.Generic.List[string]]::new()
foreach ($e in $errors) { $found.Add('syntax: ' + $e.Message) }
foreach ($t in $tokens) { if ('QuestionQuestion', 'QuestionQuestionEquals', 'QuestionDot', 'QuestionLBracket', 'AndAnd', 'OrOr' -contains [string]$t.Kind) { $found.Add('token: ' + $t.Text) } }
$all = $ast.FindAll({ $true }, $true)
foreach ($node in $all) {
	$name = $node.GetType().Name
	if ('TernaryExpressionAst', 'PipelineChainAst' -contains $name) { $found.Add('node: ' + $node.Extent.Text) }
	if ($name -eq 'MemberExpressionAst' -and $node.NullConditional) { $found.Add('node: ' + $node.Extent.Text) }
	if ($name -eq 'ExpandableStringExpressionAst') { $found.Add('expandable string: ' + $node.Extent.Text) }
	if ($name -eq 'TypeExpressionAst' -or $name -eq 'TypeConstraintAst') { if ($node.TypeName.FullName -match 'ciminstance|cimsession|wmi') { $found.Add('type: ' + $node.Extent.Text) } }
	if ($name -eq 'CommandAst') {
		$command = $node.GetCommandName()
		if ($null -eq $command) { $found.Add('computed command: ' + $node.Extent.Text); continue }
		if ($command.Contains('\')) { $found.Add('module-qualified: ' + $command) }
		foreach ($element in $node.CommandElements) {
			if ($element.GetType().Name -eq 'CommandParameterAst') { $found.Add('uses: ' + $command + ' -' + $element.ParameterName) }
			elseif ($element.GetType().Name -eq 'VariableExpressionAst' -and $element.Splatted) { $found.Add('uses: ' + $command + ' @' + $element.VariablePath.UserPath) }
		}
		$found.Add('uses: ' + $command)
	}
}
foreach ($line in $found) { [Console]::Out.WriteLine($line) }
`;

const cim = [
	"Namespace",
	"ClassName",
	"InputObject",
	"Association",
	"ResultClassName",
	"MethodName",
	"Arguments",
	"Property",
	"ErrorAction",
	"Confirm",
];
const allowed: Record<string, readonly string[]> = {
	"Get-CimInstance": cim,
	"Get-CimAssociatedInstance": cim,
	"Get-CimClass": cim,
	"Invoke-CimMethod": cim,
	// -CimClass only where Get-CimClass gave a real one.
	"New-CimInstance": [...cim, "ClientOnly", "CimClass"],
	"New-CimSession": [],
	"New-CimSessionOption": ["Protocol", "UseSsl"],
	"Remove-CimSession": ["CimSession", "ErrorAction"],
	"ConvertTo-Json": ["InputObject", "Depth", "Compress"],
	"ConvertFrom-Json": ["InputObject"],
	"ForEach-Object": [],
	"Where-Object": [],
	"Select-Object": ["Last"],
	"Get-ExecutionPolicy": [],
	"Set-StrictMode": ["Version"],
};

describeWithPowerShell(scriptFiles.join(" and "), () => {
	test("keeps to Windows PowerShell 5.1 and to the cmdlets and parameters that a stand-in has to offer", () => {
		const run = spawnSync(requirePwsh(), ["-NoProfile", "-NonInteractive", "-Command", inspection], {
			env: { ...process.env, SCRIPTS: scripts.join("|"), NO_COLOR: "1", TERM: "dumb" },
			encoding: "utf8",
		});
		const lines = run.stdout.split("\n").filter((line) => line !== "");
		const uses = new Set(lines.filter((line) => line.startsWith("uses: ")).map((line) => line.slice(6)));
		expect(lines.filter((line) => !line.startsWith("uses: "))).toEqual([]);
		expect(uses.size).toBeGreaterThan(20);
		for (const use of uses) {
			const [command = "", argument] = use.split(" ");
			if (/^[A-Z][a-z]+-(?:Psr|Request$)/.test(command) || command === "Invoke-Request") continue;
			expect(Object.keys(allowed), `${command} is not in the contract`).toContain(command);
			if (argument === undefined || argument === "@common" || argument === "@options") continue;
			expect(
				allowed[command]?.map((name) => `-${name}`),
				use,
			).toContain(argument);
		}
	});

	// Only a Windows has instances of CIM; there MMI takes no array but one of their own type.
	test("gives an array of instances as one of their type", () => {
		const command = `
			class CimInstance { [string]$Id }
			. ([scriptblock]::Create([System.IO.File]::ReadAllText($env:SCRIPT)))
			$array = New-PsrInstances @([CimInstance]@{ Id = 'one' }, [CimInstance]@{ Id = 'two' })
			[Console]::Out.WriteLine($array.GetType().Name + ' ' + ($array.Id -join ' '))`;
		const [groups = ""] = scripts;
		const run = spawnSync(requirePwsh(), ["-NoProfile", "-NonInteractive", "-Command", command], {
			env: { ...process.env, SCRIPT: groups, NO_COLOR: "1", TERM: "dumb" },
			encoding: "utf8",
		});
		expect(run.stdout.trim()).toBe("CimInstance[] one two");
	});
});
