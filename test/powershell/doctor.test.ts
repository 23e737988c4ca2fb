import { expect, test } from "vitest";
import { type DoctorEntry, doctorCommand, type HostReport } from "../../cli/doctor";
import type { PowerShellEntry } from "../../provider/hosts/powershell";
import { describeWithPowerShell } from "./describeWithPowerShell";
import { requirePwsh } from "./realPowerShell";
import { StandIn, type StandInState, twoArrays } from "./standIn";

describeWithPowerShell("pulumi-storage-replication doctor", () => {
	test("answers every question of a healthy host and exits 0", async () => {
		const { text, exitCode } = await doctor(["--host", "east"]);
		expect(exitCode).toBe(0);
		for (const part of [
			"east (local, this computer)",
			"PowerShell 7",
			"FullLanguage",
			"SetReplicationRelationship",
			"2 virtual disks visible on East, West",
			"2 visible",
			"Asynchronous",
			"Failover (10)",
			"15 ErrorRecoveryFromBrokenStateAutomatic",
			"round trip",
			"the host's clock is",
		]) {
			expect(text).toContain(part);
		}
		expect(text).not.toContain("stop ");
		expect(
			text.match(/Failover \(10\)/g),
			"an array that says the same of every kind of mirror: once each",
		).toHaveLength(2);
	});

	test("prints the findings as JSON, each with its remedy", async () => {
		const { text } = await doctor(["--json"], (state) => {
			for (const array of state.arrays) array.operations = null;
			state.settings.runAsJob = false;
		});
		const reports = JSON.parse(text) as HostReport[];
		const findings = reports.find(({ host }) => host === "east")?.findings ?? [];
		expect(findings.filter(({ level }) => level !== "ok").every(({ remedy }) => remedy !== undefined)).toBe(true);
		expect(findings.map(({ check, level }) => `${check}: ${level}`)).toEqual(
			expect.arrayContaining(["namespace and class: warning", "array East: warning", "disks: ok"]),
		);
	});

	test.each<[string, Partial<PowerShellEntry>, (state: StandInState) => void, string]>([
		["a missing executable", { executable: "/nowhere/pwsh" }, () => {}, "ENOENT"],
		[
			"no disks",
			{},
			(state) => {
				state.disks = [];
				state.relationships = [];
			},
			"no virtual disk is visible",
		],
		[
			"a class that cannot be read",
			{},
			(state) => {
				state.faults = [
					{ on: "MSFT_VirtualDisk", times: 9, kind: "error", id: "x", category: "PermissionDenied", message: "no" },
				];
			},
			"Remote Enable",
		],
	])("exits 1 for %s", async (_name, entry, change, expected) => {
		const { text, exitCode } = await doctor(["--host", "east"], change, entry);
		expect(text, "the doctor sends nobody to the doctor").not.toContain("storage-replication doctor");
		expect(exitCode).toBe(1);
		expect(text).toContain(expected);
		expect(text).toContain("do: ");
	});

	test("a host that is not configured is a mistake of the command line", async () => {
		expect(await doctor(["--host", "nowhere"])).toMatchObject({ exitCode: 2 });
	});
});

async function doctor(
	args: string[],
	change: (state: StandInState) => void = () => {},
	settings: Partial<PowerShellEntry> = {},
) {
	const standIn = new StandIn(
		twoArrays(1, (state) => {
			for (const array of state.arrays) array.features = [15];
			change(state);
		}),
	).use();
	const entry = { name: "east", kind: "local", executable: requirePwsh(), ...settings } as PowerShellEntry;
	let text = "";
	let exitCode = 0;
	await doctorCommand({
		hosts: async () =>
			new Map<string, DoctorEntry>([
				["east", entry],
				["lab", { name: "lab", kind: "simulator" }],
			]),
		write: (part) => {
			text += part;
		},
		setExitCode: (code) => {
			exitCode = code;
		},
	})
		.exitOverride()
		.parseAsync(args, { from: "user" });
	return { text, exitCode, standIn };
}
