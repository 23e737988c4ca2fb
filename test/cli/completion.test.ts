import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, existsSync, writeFileSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { candidates } from "../../cli/completion";
import { type Shell, scripts } from "../../cli/completionScripts";
import { makeProgram } from "../../cli/program";
import { pwshPath } from "../powershell/realPowerShell";
import { describeUnlessWindows, skipWithReason } from "../skipWithReason";
import { temporaryFolder } from "../temporaryFolder";

describe("what may come next", () => {
	const found = (...line: string[]) => candidates(makeProgram(), line.slice(0, -1), line.at(-1) ?? "");
	const words = (...line: string[]) => found(...line).map(({ word }) => word);
	const states = ["active", "suspended", "reversed", "failedOver", "split", "absent", "inactive", "detached"];

	test("commands, and not those that nobody is to type", () => {
		expect(words("")).toEqual(expect.arrayContaining(["plan", "list", "simulator", "completion"]));
		expect(words("")).not.toContain("complete");
		expect(words("hi")).toEqual(["history"]);
		expect(words("simulator", "i")).toEqual(["init"]);
	});

	test("options of the command that was typed", () => {
		expect(words("plan", "--sta")).toEqual(["--state", "--stack"]);
		expect(words("--h")).toEqual(["--help"]);
		expect(words("plan", "--source", "east:Orders", "--targ")).toEqual(["--target", "--target-group"]);
	});

	test("values of an option, in one word with it and after it; bash makes three words of the first", () => {
		expect(words("plan", "--state", "")).toEqual(states);
		expect(words("plan", "--state=s")).toEqual(["--state=suspended", "--state=split"]);
		expect(words("plan", "--state", "=", "s")).toEqual(["suspended", "split"]);
		expect(words("plan", "--state", "active", "--json", "--sync-mode", "s")).toEqual(["synchronous"]);
	});

	test("values of an argument", () => {
		expect(words("completion", "")).toEqual(["bash", "zsh", "fish", "powershell"]);
		expect(words("completion", "bash", "")).toEqual([]);
	});

	test("nothing for what only the user knows: the shell completes names of files", () => {
		expect(words("plan", "--hosts", "")).toEqual([]);
		expect(words("plan", "--hosts=")).toEqual([]);
	});

	test("what it means is one line: lines are the protocol", () => {
		const told = ["", "-"].flatMap((begun) => [...found(begun), ...found("list", begun), ...found("simulator", begun)]);
		expect(told.length).toBeGreaterThan(20);
		expect(told.filter(({ meaning }) => meaning === "" || /[\n\t]/.test(meaning))).toEqual([]);
	});
});

describeUnlessWindows("a real shell", "the command there is no shell script", () => {
	const folder = temporaryFolder("completion");
	const touched = join(folder, "touched");
	const environment = { ...process.env, PATH: `${folder}${delimiter}${process.env.PATH}` };
	const run = (shell: Shell, program: string, ...args: string[]) =>
		execFileSync(program, args, { cwd: folder, env: { ...environment, SCRIPT: scripts[shell] }, encoding: "utf8" })
			.trim()
			.split("\n");

	beforeAll(() => {
		const command = join(folder, "storage-replication");
		const root = resolve(__dirname, "../..");
		const tsx = join(root, "node_modules/tsx/dist/cjs/index.cjs");
		writeFileSync(command, `#!/bin/sh\nexec "${process.execPath}" --require "${tsx}" "${root}/cli/main.ts" "$@"\n`);
		chmodSync(command, 0o755);
	});

	const shells: Record<Shell, (line: readonly string[]) => string[]> = {
		bash: (line) =>
			run(
				"bash",
				"bash",
				"--norc",
				"-c",
				`source <(echo "$SCRIPT")
				COMP_WORDS=(storage-replication "$@"); COMP_CWORD=$#
				_storage_replication storage-replication "\${@: -1}"
				printf '%s\\n' "\${COMPREPLY[@]}"`,
				"bash",
				...line,
			),
		zsh: (line) =>
			run(
				"zsh",
				"zsh",
				"-f",
				"-c",
				`compdef() { :; }; _describe() { printf '%s\\n' "\${(@)found%%:*}"; }
				source <(echo "$SCRIPT")
				words=(storage-replication "$@"); CURRENT=$#words
				_storage_replication`,
				"zsh",
				...line,
			),
		fish: (line) =>
			run(
				"fish",
				"fish",
				"--no-config",
				"-c",
				`echo "$SCRIPT" | source; complete -C 'storage-replication ${line.join(" ")}'`,
			).map((text) => text.split("\t")[0] ?? ""),
		powershell: (line) => {
			const typed = ["storage-replication", ...line].join(" ");
			return run(
				"powershell",
				pwshPath ?? "",
				"-NoProfile",
				"-c",
				`. ([scriptblock]::Create($env:SCRIPT))
				(TabExpansion2 '${typed}' ${typed.length}).CompletionMatches | ForEach-Object CompletionText`,
			);
		},
	};
	test("the command prints what it reads", () => {
		expect(`${run("bash", "storage-replication", "completion", "bash").join("\n")}\n`).toBe(scripts.bash);
	});

	const isThere = (shell: Shell) =>
		shell === "powershell" ? pwshPath !== undefined : !spawnSync(shell, ["--version"]).error;

	for (const shell of Object.keys(scripts) as Shell[]) {
		if (!isThere(shell)) {
			skipWithReason(`completion in ${shell}`, `${shell} is not installed`);
			continue;
		}
		test(`${shell} completes a line, and runs nothing of it`, () => {
			expect(shells[shell](["plan", "--source", `$(touch ${touched})`, "--sta"]).sort()).toEqual([
				"--stack",
				"--state",
			]);
			expect(existsSync(touched), "what was being typed ran").toBe(false);
		});
	}
});
