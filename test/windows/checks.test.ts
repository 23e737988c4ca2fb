import { afterEach, expect, test, vi } from "vitest";
import { describeWithPowerShell } from "../powershell/describeWithPowerShell";
import { Judge } from "../powershell/judge";
import { lab } from "../powershell/lab";
import { requirePwsh } from "../powershell/realPowerShell";
import { callsOn } from "./calls";
import { checkErrorIds, judgeProbes, type Probe } from "./errorIds";
import { checkProcesses } from "./processes";
import { Transcript } from "./transcript";

afterEach(() => {
	vi.unstubAllEnvs();
});

describeWithPowerShell("what a Windows is asked in CI, asked of a stand-in", () => {
	test("errors of what is not there are known to the bridge", async () => {
		const judge = new Judge("local");
		for (const [name, value] of Object.entries(judge.environment)) vi.stubEnv(name, value);
		const transcript = new Transcript();
		await checkErrorIds(transcript);
		expect(transcript.failures).toEqual([]);
		for (const name of ["no such class", "no such namespace", "no such method", "no such argument", "no such instance"])
			expect(transcript.seen(name), name).toBeDefined();
	});

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

	test("PowerShell lives without a console and ends with its parent", async () => {
		lab();
		const transcript = new Transcript();
		await checkProcesses(transcript, requirePwsh());
		expect(transcript.failures).toEqual([]);
		expect(transcript.expectations).toBeGreaterThanOrEqual(4);
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
		return transcript.failures.filter((text) => text.startsWith("no such method"));
	};
	expect(judged({}, true)).toEqual([]);
	expect(judged({}, false)).toHaveLength(1);
	const unknown = { errorId: "HRESULT 0x80040000", category: "NotSpecified", nativeErrorCode: "Failed" };
	expect(judged(unknown, true)).toHaveLength(1);
});
