import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { doctorCommand } from "../../cli/doctor";
import type { HostObservation } from "../../provider/executor/host";
import { hostEntry, readHostsConfig } from "../../provider/hosts/hostsConfig";
import { connectPowerShell, type PowerShellEntry } from "../../provider/hosts/powershell";
import { connectReport } from "../../provider/hosts/report/connect";
import type { Report } from "../../provider/hosts/report/report";
import { check } from "../../provider/lifecycle/check";
import { create } from "../../provider/lifecycle/create";
import { EngineLog } from "../../provider/lifecycle/engineLog";
import { Session } from "../../provider/lifecycle/session";
import { run } from "../cli/runCli";
import { hastyClock } from "../hastyClock";
import { messageOf, orders } from "../lifecycle/session";
import { shapeOf } from "../shape";
import { describeUnlessWindows } from "../skipWithReason";
import { temporaryFolder } from "../temporaryFolder";
import { describeWithPowerShell } from "./describeWithPowerShell";
import { pwshPath, requirePwsh } from "./realPowerShell";
import { StandIn, type StandInState, twoArrays } from "./standIn";

/** A site where everything that has a name or an id has the canary in it. */
function canarySite(): StandInState {
	const state = twoArrays(1, ({ arrays, providers, groups, groupRelationships, jobs, disks }) => {
		for (const array of arrays) Object.assign(array, { features: [15], groupFeatures: [45] });
		providers.push({
			name: "P-East",
			manufacturer: "M-East",
			version: "v-East",
			type: 2,
			arrays: [],
			foreignDiscover: 8,
		});
		groups.push(
			{ name: "g-East", array: "East", disks: ["UID-East-0000"] },
			{ name: "g-West", array: "West", disks: ["UID-West-0000"] },
		);
		const state = { copyState: 4, progressStatus: 2, syncMode: 2, syncType: 6, consistencyState: 3 };
		groupRelationships.push({ id: "r-East", source: "g-East", target: "g-West", ...state });
		jobs.push({
			id: "job-East",
			state: 4,
			percent: 5,
			operationalStatus: [2],
			errorCode: 1,
			errorDescription: "it is about East",
			affects: [disks[0]?.objectId ?? ""],
		});
	});
	const named = JSON.stringify(state).replaceAll("East", "CanaryEast").replaceAll("West", "CANARY-West");
	return JSON.parse(named.replaceAll("Disk0000", "Canary Disk").replaceAll("mgmt-east", "mgmt-canary"));
}

const password = "CANARY-secret";
const site = { folder: "", file: "", live: null as HostObservation | null, text: "", exitCode: 0 };

/** One doctor, of three hosts: over a session with a password, locally, and one that cannot be reached. */
beforeAll(async () => {
	if (pwshPath === undefined) return;
	site.folder = temporaryFolder("report");
	site.file = join(site.folder, "report.json");
	const standIn = new StandIn(canarySite()).use();
	standIn.change((state) => {
		const canary = state.hosts["mgmt-canary"];
		if (canary !== undefined) canary.credential = { username: "LAB\\canary", password };
	});
	const executable = requirePwsh();
	const credential = { username: "LAB\\canary", password };
	const entries: PowerShellEntry[] = [
		{ name: "canary-both", kind: "local", executable },
		{ name: "canary-east", kind: "cim", computerName: "mgmt-canary", credential, executable },
		{ name: "canary-gone", kind: "cim", computerName: "gone-canary", executable },
	];
	const both = connectPowerShell(entries[0] as PowerShellEntry);
	site.live = await both.observe();
	await both.close();
	await doctorCommand({
		hosts: async () => new Map(entries.map((entry) => [entry.name, entry])),
		write: (part) => {
			site.text += part;
		},
		setExitCode: (code) => {
			site.exitCode = code;
		},
	}).parseAsync(["--report", site.file], { from: "user" });
});

const reported = (host: number) => connectReport({ name: "r", file: site.file, host });

describeUnlessWindows("a report", "account and execution policy are told there", () => {
	describeWithPowerShell("of doctor --report", () => {
		test("has the shape of its version: another one needs another version", async () => {
			await expect(shapeOf(JSON.parse(readFileSync(site.file, "utf8")))).toMatchFileSnapshot("golden/report-2.txt");
		});
	});
});

describeWithPowerShell("doctor --report", () => {
	test("has no name, no host, no account and no secret in it", () => {
		expect(site.text, "the doctor itself names what it saw").toContain("CanaryEast");
		expect(readFileSync(site.file, "utf8")).not.toMatch(/canary/i);
		expect(readFileSync(site.file, "latin1")).not.toContain(Buffer.from("CANARY").toString("base64").slice(0, 6));
	});

	test("two reports of the same answers have no id in common", async () => {
		const [first, second] = await Promise.all(
			["first.json", "second.json"].map(async (name) => {
				const entry = hostEntry("r", { kind: "report", file: site.file });
				const quietly = { hosts: async () => new Map([["r", entry]]), write: () => {}, setExitCode: () => {} };
				await doctorCommand(quietly).parseAsync(["--report", join(site.folder, name)], { from: "user" });
				return new Set(readFileSync(join(site.folder, name), "utf8").match(/x[0-9a-f]{16}/g));
			}),
		);
		expect(first?.size).toBeGreaterThan(8);
		expect([...(first ?? [])].filter((id) => second?.has(id))).toEqual([]);
	});

	test("read back, a host is what it was but for names", async () => {
		const observed = await reported(1).observe();
		expect(withoutTexts(observed)).toEqual(withoutTexts(site.live));
		const [east, west] = observed.disks;
		expect(observed.relationships.map(({ peerUniqueId, peerSubsystem }) => [peerUniqueId, peerSubsystem])).toEqual([
			[west?.uniqueId, west?.subsystem],
			[east?.uniqueId, east?.subsystem],
		]);
		expect(observed.relationships[0]?.lagSeconds).toBeGreaterThan(0);
		const { operations, features } = await reported(1).capabilities({
			subsystem: east?.subsystem ?? "",
			replicationType: 5,
		});
		expect(operations).toContain("Failover");
		expect(features).toEqual([15]);
		const ofGroups = { subsystem: east?.subsystem ?? "", replicationType: 5, of: "group" } as const;
		expect(await reported(1).capabilities(ofGroups)).toMatchObject({ features: [45] });
		expect(observed.groups?.map(({ members }) => members)).toEqual([[east?.objectId], [west?.objectId]]);
		expect(observed.groupRelationships).toHaveLength(2);
		const elsewhere = reported(1).capabilities({ subsystem: "elsewhere", replicationType: 5 });
		await expect(elsewhere, "no answer is not an array that says nothing").rejects.toThrow("SR4001");
		expect(await reported(1).job(observed.relationships[0]?.job ?? "")).toMatchObject({ jobState: 4 });
	});

	test("one disk has one id on every host of the report", async () => {
		const [both, east] = [await reported(1).observe(), await reported(2).observe()];
		expect(east.disks.map(({ uniqueId }) => uniqueId)).toEqual([both.disks[0]?.uniqueId]);
	});

	test("what could not be read is a failure there, with what it was", async () => {
		const { hosts } = JSON.parse(readFileSync(site.file, "utf8")) as Report;
		expect(hosts[2]?.diagnosis).toMatchObject({ ok: false, code: "SR4001", what: "", trouble: "trustedHosts" });
		await expect(reported(3).observe()).rejects.toThrow(/SR4001.*useSsl/);
	});

	test("plan and status work on it, and the doctor examines it again", async () => {
		const quiet = join(site.folder, "quiet.json");
		edit(quiet, withoutJobsAndGroups);
		const [east, west] = (await reported(1).observe()).disks;
		writeFileSync(join(site.folder, "hosts.json"), JSON.stringify({ r: { kind: "report", file: quiet } }));
		const ends = ["--hosts", "hosts.json", "--source", `r:${east?.uniqueId}`, "--target", `r:${west?.uniqueId}`];
		const [plan, status, doctor] = await Promise.all(
			[
				["plan", ...ends, "--state", "reversed"],
				["status", ...ends, "--json"],
				["doctor", "--hosts", "hosts.json"],
			].map((args) => run(args, { cwd: site.folder })),
		);
		expect(plan).toMatchObject({ code: 0, err: "" });
		expect(plan?.out).toContain("ReverseRoles");
		expect(JSON.parse(status?.out ?? "")).toMatchObject({ copyState: "Synchronized", presence: "present" });
		expect(doctor?.out).toContain("2 virtual disks visible");
		expect(doctor?.code).toBe(0);
	});

	test("a change on it is refused, and so is a Discover", async () => {
		const refusal = /SR2017.*nothing was sent/;
		const host = reported(1);
		const [link] = (await host.observe()).relationships;
		const { diskObjectId = "", peerUniqueId = "" } = link ?? {};
		const suspend = { operation: 22, diskObjectId, peerUniqueId, madePeer: null };
		await expect(host.setReplicationRelationship(suspend)).rejects.toThrow(refusal);
		const replica = {
			sourceDiskObjectId: diskObjectId,
			friendlyName: "Replica",
			targetSubsystem: "West",
			targetSubsystemName: null,
			targetSubsystemUniqueId: null,
			targetDiskObjectId: null,
			targetDiskUniqueId: null,
			targetStoragePool: null,
			recoveryPointObjectiveMinutes: null,
			syncType: 6,
			syncMode: null,
		};
		await expect(host.createReplica(replica)).rejects.toThrow(refusal);
		await expect(host.discover({ diskObjectId })).rejects.toThrow(refusal);
		await expect(host.groups?.delete({ groupObjectId: "g" })).rejects.toThrow(refusal);
	});

	test("an update that would change something on it sends nothing and ends with that", async () => {
		const quiet = join(site.folder, "still.json");
		edit(quiet, withoutJobsAndGroups);
		const [east, west] = (await reported(1).observe()).disks;
		const declared = {
			...orders,
			source: { host: "r", virtualDisk: east?.uniqueId },
			target: { host: "r", virtualDisk: west?.uniqueId },
			state: "suspended",
		};
		const provider = new Session(hastyClock, new EngineLog(undefined), (name) => connectReport({ name, file: quiet }));
		const { inputs, failures } = await check(provider, {}, declared);
		expect(failures).toEqual([]);
		expect(await messageOf(create(provider, inputs))).toMatch(/SR2017.*nothing was sent/s);
	});

	test("a pair that a report does not have is not absent: nobody could look for it", async () => {
		const other = join(site.folder, "alone.json");
		edit(other, (report) => {
			const observation = report.hosts[0]?.observation;
			if (observation?.ok) observation.value.links = [];
		});
		const [east, west] = (await reported(1).observe()).disks;
		writeFileSync(join(site.folder, "alone-hosts.json"), JSON.stringify({ r: { kind: "report", file: other } }));
		const ends = ["--source", `r:${east?.uniqueId}`, "--target", `r:${west?.uniqueId}`];
		const { out, err } = await run(["plan", "--hosts", "alone-hosts.json", ...ends, "--state", "active"], {
			cwd: site.folder,
		});
		expect(out + err).toContain("a report cannot be asked again");
		expect(out).not.toContain("CreateReplica");
	});

	test.each<[string, string | ((report: Report & Record<string, unknown>) => void), string]>([
		["is cut off", '{"format":', "it is not JSON"],
		["is another file", "[]", "an object"],
		["is of another version", (report) => Object.assign(report, { version: 3, hosts: null }), "version 3"],
		["has a row too short", (report) => shorten(report), "hosts.0.observation.value.disks.0"],
		["has a field that nobody knows", (report) => Object.assign(report, { name: "x" }), "name"],
		["has no such host", (report) => report.hosts.splice(0, 9, ...report.hosts.slice(2)), "none is number 2"],
	])("a file that %s is one error", async (_name, change, told) => {
		const file = join(site.folder, "wrong.json");
		if (typeof change === "string") writeFileSync(file, change);
		else edit(file, change);
		await expect(connectReport({ name: "r", file, host: 2 }).observe()).rejects.toThrow(/^SR2016: the report \S+/);
		await expect(connectReport({ name: "r", file, host: 2 }).observe()).rejects.toThrow(told);
	});

	test("the command line ends with one line and 1 for a file that is none", async () => {
		writeFileSync(join(site.folder, "wrong.json"), "{");
		writeFileSync(join(site.folder, "wrong-hosts.json"), JSON.stringify({ r: { kind: "report", file: "wrong.json" } }));
		const hosts = ["--hosts", "wrong-hosts.json"];
		const ends = ["--source", "r:a", "--target", "r:b"];
		for (const args of [["doctor"], ["status", ...ends], ["plan", ...ends, "--state", "active"]]) {
			const { code, out, err } = await run([...args, ...hosts], { cwd: site.folder });
			expect({ code, out }).toEqual({ code: 1, out: "" });
			expect(err).toMatch(/^SR2016: .*\n$/);
		}
	});
});

test("a host of a report is configured by its file", () => {
	const { r } = readHostsConfig({ r: { kind: "report", file: "report.json", host: 2 } });
	expect(r).toEqual({ kind: "report", file: "report.json", host: 2 });
	expect(() => readHostsConfig({ r: { kind: "report" } })).toThrow("hosts.r.file");
	expect(() => readHostsConfig({ r: { kind: "report", file: "f", host: 0 } })).toThrow("hosts.r.host");
	expect(() => readHostsConfig({ r: { kind: "report", file: "f", discover: "never" } })).toThrow("discover");
});

/** Numbers, flags and times of a reading: what is left of it in a report. */
function withoutTexts(observation: unknown): unknown {
	return JSON.parse(
		JSON.stringify(observation, (name, value: unknown) => {
			// The two readings were not made at one moment.
			if (name === "hostTime" || name === "syncTime" || name === "lagSeconds") return value === null ? null : "known";
			if (name === "role" || name === "hides") return value;
			return typeof value === "string" ? (value === "" ? "" : "named") : value;
		}),
	);
}

function edit(file: string, change: (report: Report & Record<string, unknown>) => void): void {
	const report = JSON.parse(readFileSync(site.file, "utf8"));
	change(report);
	writeFileSync(file, JSON.stringify(report));
}

/** What runs makes a plan wait, and a disk of a group is not steered alone. */
function withoutJobsAndGroups({ hosts }: Report): void {
	const observation = hosts[0]?.observation;
	if (observation?.ok) Object.assign(observation.value, { jobs: [], groups: null });
}

function shorten({ hosts }: Report): void {
	const observation = hosts[0]?.observation;
	if (observation?.ok) (observation.value.disks[0] as unknown[]).pop();
}
