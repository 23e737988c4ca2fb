import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { describeWithJudge, describeWithPowerShell } from "../powershell/describeWithPowerShell";
import { Judge } from "../powershell/judge";
import { lab } from "../powershell/lab";
import { requirePwsh } from "../powershell/realPowerShell";
import { temporaryFolder } from "../temporaryFolder";
import { callsOn, optimizeOn } from "./calls";
import { checkErrorIds, judgeProbes, type Probe } from "./errorIds";
import { reach, refuse } from "./loopback";
import { checkProcesses } from "./processes";
import { runCheck } from "./run";
import { Transcript } from "./transcript";

afterEach(() => {
	vi.unstubAllEnvs();
});

describeWithJudge("errors of a Windows, asked of the judge", () => {
	test("errors of what is not there are known to the bridge", async () => {
		const judge = new Judge("local");
		for (const [name, value] of Object.entries(judge.environment)) vi.stubEnv(name, value);
		const transcript = new Transcript();
		await checkErrorIds(transcript);
		expect(transcript.failures).toEqual([]);
		for (const name of ["no such class", "no such namespace", "no such method", "no such argument", "no such instance"])
			expect(transcript.seen(name), name).toBeDefined();
	});

	test("a check writes what it saw, and one that fails or has seen nothing says so", async () => {
		const judge = new Judge("local");
		for (const [name, value] of Object.entries(judge.environment)) vi.stubEnv(name, value);
		const folder = temporaryFolder("transcript");
		const said: string[] = [];
		expect(await runCheck("errorIds", folder, (line) => said.push(line))).toBe(0);
		expect(said).toEqual([expect.stringMatching(/^errorIds: (\d+) of \1 hold$/)]);
		expect(JSON.parse(readFileSync(join(folder, "errorIds.json"), "utf8"))).toContainEqual(
			expect.objectContaining({ about: "every question was asked", holds: true }),
		);
		vi.stubEnv("STANDIN_STATE", join(folder, "nowhere"));
		expect(await runCheck("classes", folder, (line) => said.push(line))).toBe(1);
		expect(said.at(-2)).toMatch(/^NOT the check itself: .*FileNotFoundException/);
		expect(await runCheck("nothing", folder, (line) => said.push(line))).toBe(2);
	});
});

describeWithPowerShell("what a Windows is asked in CI, asked of a stand-in", () => {
	test("calls on a disk without replication come back as refusals", async () => {
		const { host, standIn } = lab((state) => {
			for (const array of state.arrays) array.operations = null;
			state.relationships = [];
		});
		const transcript = new Transcript();
		await callsOn(host, "Disk0000", transcript);
		expect(transcript.failures).toEqual([]);
		expect(transcript.expectations).toBe(3);
		expect(standIn.operations()).toEqual([22, 20]);
	});

	test("a job of Windows' own is read until it ends, and one that cannot be read fails the check", async () => {
		const { host, standIn } = lab();
		const transcript = new Transcript();
		await optimizeOn(host, "East pool", transcript);
		expect(transcript.failures).toEqual([]);
		expect(transcript.seen("the job in the end")).toMatchObject({ jobState: 7, id: standIn.read().jobs[0]?.id });
		expect(standIn.calls().find(({ method }) => method === "Optimize")?.arguments).toEqual({ RunAsJob: true });
		standIn.change((state) => {
			state.faults = [
				{ on: "MSFT_StorageJob", times: 9, kind: "error", id: "x", category: "PermissionDenied", message: "no" },
			];
		});
		await expect(optimizeOn(host, "East pool", transcript)).rejects.toThrow("SR4001");
	});

	test("PowerShell lives without a console and ends with its parent", async () => {
		lab();
		const transcript = new Transcript();
		await checkProcesses(transcript, requirePwsh());
		expect(transcript.failures).toEqual([]);
		expect(transcript.expectations).toBeGreaterThanOrEqual(4);
	});

	test("a host is reached over CimSession and read, or refused without its password", async () => {
		const credential = { username: "svc", password: "the canary" };
		lab((state) => {
			state.hosts["mgmt-east"] = { arrays: ["East"], credential };
		});
		const transcript = new Transcript();
		const east = { kind: "cim", computerName: "mgmt-east", executable: requirePwsh(), useSsl: true } as const;
		await reach(transcript, { name: "right", ...east, credential });
		await refuse(transcript, { name: "wrong", ...east, credential: { ...credential, password: "wrong canary" } });
		expect(transcript.failures).toEqual([]);
		await refuse(transcript, { name: "not refused", ...east, credential });
		await reach(transcript, { name: "not reached", ...east, computerName: "nowhere" });
		// Its error has the host's name, which here is what no error may have.
		await refuse(transcript, { name: "tells it", ...east, computerName: "canary" });
		const failed = transcript.failures.map((text) => text.split(":")[0]);
		expect(failed).toEqual(["not refused", "not reached", "tells it"]);
	});

	test("a call that is cut off is told as a failure of the check", async () => {
		const { host } = lab((state) => {
			state.relationships = [];
			state.faults = [{ on: "SetReplicationRelationship 22", times: 1, kind: "exitAfter" }];
			for (const array of state.arrays) array.operations = null;
		});
		const transcript = new Transcript();
		await callsOn(host, "Disk0000", transcript);
		expect(transcript.failures).toEqual([expect.stringMatching(/^Suspend comes back as a refusal: .*SR4002/)]);
	});
});

test("an error that the bridge does not know fails the check; denied is known where the account may not", () => {
	const failure: Probe["failure"] = {
		ok: false,
		stage: "during",
		errorId: "HRESULT 0x80041003,Microsoft.Management.Infrastructure.CimCmdlets.InvokeCimMethodCommand",
		category: "PermissionDenied",
		type: "Microsoft.Management.Infrastructure.CimException",
		message: "Access denied",
		nativeErrorCode: "AccessDenied",
		hResult: null,
		messageId: null,
		detail: null,
		missingClass: false,
	};
	const judged = (change: Partial<NonNullable<Probe["failure"]>>, unprivileged: boolean) => {
		const transcript = new Transcript();
		judgeProbes(
			[{ name: "no such method", rows: null, code: null, failure: { ...failure, ...change } }],
			unprivileged,
			transcript,
		);
		// One question of many.
		expect(transcript.failures).toContainEqual(expect.stringContaining("every question was asked"));
		return transcript.failures.filter((text) => text.startsWith("no such method"));
	};
	expect(judged({}, true)).toEqual([]);
	expect(judged({}, false)).toHaveLength(1);
	const unknown = { errorId: "HRESULT 0x80040000", category: "NotSpecified", nativeErrorCode: "Failed" };
	expect(judged(unknown, true)).toHaveLength(1);
});
