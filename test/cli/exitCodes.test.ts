import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { Simulator } from "../../provider/hosts/simulator";
import { temporaryFolder } from "../temporaryFolder";
import { run } from "./runCli";

const ends = ["--source", "east:Orders", "--target", "west:Orders-DR"];
const situation = '{"observed":{"presence":"absent"},"desired":{"state":"active"}}';
let cwd = "";

/** `hosts.json`: two sites that answer; `silent.json`: the same, down; and hosts files as they should not be. */
beforeAll(async () => {
	cwd = temporaryFolder("exit-codes");
	const write = (name: string, value: unknown) =>
		writeFileSync(join(cwd, name), typeof value === "string" ? value : JSON.stringify(value));
	const hosts = (file: string) =>
		Object.fromEntries(["east", "west"].map((name) => [name, { kind: "simulator", file: join(cwd, file) }]));
	await Simulator.create(join(cwd, "arrays.json"));
	const silent = await Simulator.create(join(cwd, "silent-arrays.json"));
	for (const host of ["east", "west"]) await silent.host(host).down();
	write("hosts.json", hosts("arrays.json"));
	write("silent.json", hosts("silent-arrays.json"));
	write("no-file.json", hosts("nowhere.json"));
	write("pwsh.json", { east: { kind: "local", executable: "/nowhere/pwsh" } });
	write("not-json.json", "{");
	write("wrong.json", { east: { kind: "ssh" } });
	write("situations.jsonl", `${situation}\n`);
	write("malformed.jsonl", `${situation}\n{"observed":{}}\n`);
	write("refused.jsonl", '{"observed":{"presence":"absent"},"desired":{"state":"reversed"}}\n');
	write("no-stack.json", "{}");
	write("stack.json", {
		deployment: {
			resources: [
				{
					urn: "urn:pulumi:dev::program::pulumi-nodejs:dynamic/storageReplication:VirtualDiskSnapshot::snap",
					type: "pulumi-nodejs:dynamic/storageReplication:VirtualDiskSnapshot",
					outputs: {
						source: { host: "east", virtualDisk: "Orders" },
						target: { virtualDisk: "Orders-Snap" },
						expiresAt: "2001-01-01T00:00:00Z",
					},
				},
			],
		},
	});
	write("other-stack.json", { deployment: { resources: [] } });
	mkdirSync(join(cwd, "folder"));
});

describe("exit codes as the help documents them", () => {
	test.each<[number, string, readonly string[]]>([
		[0, "plan: every situation was answered", ["plan", "situations.jsonl"]],
		[0, "plan: a refusal is an answer", ["plan", "refused.jsonl"]],
		[0, "plan: a relationship that is observed", ["plan", "--hosts", "hosts.json", ...ends, "--state", "suspended"]],
		[1, "plan: a host could not be read", ["plan", "--hosts", "silent.json", ...ends, "--state", "suspended"]],
		[1, "plan: nor whether it is gone", ["plan", "--hosts", "silent.json", ...ends, "--state", "absent"]],
		[2, "plan: a situation is malformed", ["plan", "malformed.jsonl"]],
		[2, "plan: half of a command line", ["plan", "--state", "active"]],
		[2, "plan: an unknown state", ["plan", ...ends, "--state", "actve"]],
		[2, "plan: situations that are not there", ["plan", "nowhere.jsonl"]],
		[2, "plan: hosts that are no JSON", ["plan", "--hosts", "not-json.json", ...ends, "--state", "active"]],
		[
			2,
			"plan: no stack export",
			["plan", "--hosts", "hosts.json", "--stack", "no-stack.json", ...ends, "--state", "active"],
		],
		[
			2,
			"plan: a stack without it",
			["plan", "--hosts", "hosts.json", "--stack", "other-stack.json", ...ends, "--state", "active"],
		],
		[0, "operation: a dry run", ["operation", "Suspend", "--dry-run", "--hosts", "hosts.json", ...ends]],
		[1, "operation: refused", ["operation", "Resume", "--kind", "clone", "--hosts", "hosts.json", ...ends]],
		[2, "operation: roles moved without a word", ["operation", "20", "--hosts", "hosts.json", ...ends]],
		[2, "operation: a number that is none", ["operation", "24", "--hosts", "hosts.json", ...ends]],
		[0, "expire: nothing is due", ["expire", "--stack", "other-stack.json", "--hosts", "hosts.json"]],
		[
			1,
			"expire: it is not known whether it is due",
			["expire", "--stack", "stack.json", "--hosts", "silent.json", "--json"],
		],
		[2, "expire: no stack export", ["expire", "--stack", "no-stack.json", "--hosts", "hosts.json"]],
		[0, "status: read", ["status", "--hosts", "hosts.json", ...ends]],
		[1, "status: could not be read", ["status", "--hosts", "silent.json", ...ends]],
		[1, "status: the simulator's file is not there", ["status", "--hosts", "no-file.json", ...ends]],
		[
			1,
			"status: a disk that is not there",
			["status", "--hosts", "hosts.json", "--source", "east:X", "--target", "west:Y"],
		],
		[2, "status: an end without a disk", ["status", "--source", "east", "--target", "west:Y"]],
		[2, "status: an end is missing", ["status", "--source", "east:X"]],
		[2, "status: a hosts file that is not there", ["status", "--hosts", "nowhere.json", ...ends]],
		[2, "status: a hosts file that is a folder", ["status", "--hosts", "folder", ...ends]],
		[2, "status: a hosts file with a mistake", ["status", "--hosts", "wrong.json", ...ends]],
		[2, "status: a host that the hosts file does not have", ["status", ...ends]],
		[0, "doctor: nothing would stop an update", ["doctor", "--hosts", "hosts.json"]],
		[1, "doctor: something would", ["doctor", "--hosts", "pwsh.json"]],
		[2, "doctor: a host that is not configured", ["doctor", "--hosts", "hosts.json", "--host", "north"]],
		[2, "doctor: a hosts file with a mistake", ["doctor", "--hosts", "wrong.json"]],
		[0, "simulator: done", ["simulator", "show"]],
		[1, "simulator: could not be done", ["simulator", "show", "--file", "nowhere.json"]],
		[2, "simulator: a wrong command line", ["simulator", "advance", "5"]],
		[2, "an unknown command", ["plann"]],
		[2, "an unknown option", ["status", "--sorce", "x"]],
	])("%i %s", async (expected, _, args) => {
		const { code, out, err } = await run(args, { cwd });
		expect(code, `${out}${err}`).toBe(expected);
		// A failure of a command is told on standard error, in one line; an answer on standard output.
		const answered = expected === 0 || args.includes("--json") || args[0] === "doctor" || args[1] === "malformed.jsonl";
		if (!answered) expect([out, err.trim().split("\n").length], err).toEqual(["", 1]);
	});
});
