import { afterEach, expect, test, vi } from "vitest";
import { limits } from "../../provider/hosts/powershell";
import { type Evidence, evidenceOf, troubleIn } from "../../provider/hosts/powershell/troubles";
import { fakeProgram } from "../fakeProgram";
import { isRunning } from "../isRunning";
import { describeWithPowerShell } from "./describeWithPowerShell";
import { connect, eastLink, failureOf, lab, operate } from "./lab";
import { requirePwsh } from "./realPowerShell";
import type { StandInFault } from "./standIn";

afterEach(() => {
	vi.unstubAllEnvs();
});

/** What an answer may take in tests of calls that hang: a busy machine needs some of it for the calls that do not. */
const hangsMs = 10_000;

function fault(fault: StandInFault) {
	return (state: { faults: StandInFault[] }) => {
		state.faults = [fault];
	};
}

describeWithPowerShell("the bridge against a bad line", () => {
	test.each([
		["lines and half lines", "WARNING: careful\nunfinished "],
		["escape sequences", "\u001b[?1h\u001b[31mred\u001b[0m"],
		["a byte order mark and CRLF", "\ufeffhello\r\n\ufeff"],
		["other encodings", "\u0084\u00ff ÿÄÖ\n日本"],
		["frames of others", "<<PSR:ffff:e30=>>\n<<PSR:1:>>\n<<PSR:ffff:broken"],
		["256 KB on stdout and stderr", "x".repeat(256 * 1024)],
	])("finds its answers between %s", async (_name, text) => {
		const { host } = lab(fault({ on: "Get-CimInstance", times: 3, kind: "noise", text }));
		expect((await host.observe()).relationships).toHaveLength(2);
		expect(await operate(host, 22)).toMatchObject({ returnCode: 4096 });
	});

	test("survives TERM=xterm of its caller", async () => {
		vi.stubEnv("TERM", "xterm");
		const { host } = lab();
		for (let count = 0; count < 5; count++) expect((await host.observe()).disks).toHaveLength(2);
	});

	test("a hanging read fails in time, and the next call has a new process", async () => {
		const { standIn } = lab(fault({ on: "MSFT_VirtualDisk", times: 1, kind: "hang" }));
		const host = connect({ kind: "local", requestTimeoutMs: hangsMs });
		const error = await failureOf(host.observe());
		expect(error).toMatchObject({ code: "SR4001" });
		expect(error.message).toContain(`no answer within ${hangsMs} ms`);
		expect((await host.observe()).disks).toHaveLength(2);
		expect(new Set(standIn.calls().map(({ process }) => process)).size).toBe(2);
	});

	test("a read whose process dies is asked again, once", async () => {
		const once = lab(fault({ on: "MSFT_ReplicaPeer", times: 1, kind: "exit" }));
		expect((await once.host.observe()).disks).toHaveLength(2);
		const always = lab(fault({ on: "MSFT_ReplicaPeer", times: 9, kind: "exit" }));
		expect(await failureOf(always.host.observe())).toMatchObject({ code: "SR4001" });
		expect(always.standIn.calls().filter(({ class: name }) => name === "MSFT_ReplicaPeer")).toHaveLength(2);
	});

	test.each(["exit", "exitClean", "exitAfter", "hang", "hangAfter"] as const)(
		"a change cut off by %s is a CallCutOff, is not sent again, and the array tells the rest",
		async (kind) => {
			const { standIn } = lab(fault({ on: "SetReplicationRelationship 22", times: 1, kind }));
			const host = connect(kind.startsWith("hang") ? { kind: "local", requestTimeoutMs: hangsMs } : { kind: "local" });
			const error = await failureOf(operate(host, 22));
			expect(error).toMatchObject({ name: "CallCutOff", code: "SR4002" });
			expect(standIn.operations()).toEqual([22]);
			await host.observe();
			expect((await eastLink(host)).copyState).toBe(kind === "exitAfter" || kind === "hangAfter" ? 9 : 4);
			expect(standIn.operations()).toEqual([22]);
		},
	);

	test("calls that overlap get processes up to the limit, and one remains", async () => {
		const { standIn } = lab(fault({ on: "MSFT_VirtualDisk", times: 6, kind: "delay", ms: 400 }));
		const host = connect({ kind: "local", maxProcesses: 3 });
		await Promise.all(Array.from({ length: 6 }, () => host.observe()));
		expect(new Set(standIn.calls().map(({ process }) => process)).size).toBe(3);
		await expect.poll(() => living(standIn.calls().map(({ process }) => process))).toHaveLength(1);
	});

	test("starts nothing before the first call and reuses one process for calls in turn", async () => {
		const { host, standIn } = lab();
		expect(standIn.calls()).toEqual([]);
		for (let count = 0; count < 3; count++) await host.observe();
		expect(new Set(standIn.calls().map(({ process }) => process)).size).toBe(1);
	});

	test("three hosts at once do not disturb one another", async () => {
		const { standIn } = lab();
		const hosts = ["a", "b", "c"].map((name) => connect({ kind: "local" }, name));
		const seen = await Promise.all(hosts.flatMap((host) => [host.observe(), host.observe()]));
		expect(seen.every(({ relationships }) => relationships.length === 2)).toBe(true);
		await operate(hosts[0] as (typeof hosts)[number], 22);
		expect(standIn.operations()).toEqual([22]);
	});

	test("a missing executable is said so, and Node lives on", async () => {
		const error = await failureOf(connect({ kind: "local", executable: "/nowhere/pwsh" }).observe());
		expect(error).toMatchObject({ code: "SR4001" });
		expect(error.message).toContain("ENOENT");
		expect(error.message).toContain("doctor");
	});

	test("a slow start has its own limit", async () => {
		const slow = fakeProgram(
			"pwsh",
			`setTimeout(() => relay(${JSON.stringify(requirePwsh())}, process.argv.slice(2)), ${hangsMs + 2_000});`,
		);
		lab();
		const patient = connect({ kind: "local", executable: slow, requestTimeoutMs: hangsMs });
		expect((await patient.observe()).disks).toHaveLength(2);
		const hasty = connect({ kind: "local", executable: slow, startTimeoutMs: 1_000 });
		expect(await failureOf(hasty.observe())).toMatchObject({ code: "SR4001" });
	});

	test("a shell that refuses the script is told at once, with the id of its error", async () => {
		const constrained = fakeProgram(
			"pwsh",
			`relay(${JSON.stringify(requirePwsh())}, process.argv.slice(2), {
				firstInput: '$ExecutionContext.SessionState.LanguageMode = "ConstrainedLanguage"\\n',
			});`,
		);
		const error = await failureOf(connect({ kind: "local", executable: constrained }).observe());
		expect(error.message).toContain("did not load the script (MethodInvocationNotSupportedInConstrainedLanguage)");
		expect(evidenceOf(error)).toMatchObject({ opening: true, exception: null });
		expect(troubleIn(evidenceOf(error) as Evidence)).toBe("languageMode");
	});

	test("a silent program that floods stderr ends in time", async () => {
		const flooding = fakeProgram("pwsh", 'process.stderr.write("x".repeat(2_000_000)); process.stdin.resume();');
		const error = await failureOf(connect({ kind: "local", executable: flooding, startTimeoutMs: 1_500 }).observe());
		expect(error).toMatchObject({ code: "SR4001" });
		expect(error.message.length).toBeLessThan(limits.stderrCharacters + 1_000);
	});

	test("an answer that is damaged on the way is an error at once, and for a change a CallCutOff", async () => {
		const damaging = fakeProgram(
			"pwsh",
			`relay(${JSON.stringify(requirePwsh())}, process.argv.slice(2), {
				changeLine: (line) => line.replace(/(<<PSR:[0-9a-f]{16}:.{40})[A-Za-z]/, "$1!"),
			});`,
		);
		lab();
		// The session is opened by a request too, so damage begins there: the start fails and says so.
		const error = await failureOf(connect({ kind: "local", executable: damaging }).observe());
		expect(error.message).toContain("damaged");
	});

	test("refuses NODE_POWERSHELL, which would replace the executable unseen", async () => {
		vi.stubEnv("NODE_POWERSHELL", "elsewhere");
		expect(() => connect()).toThrow(/SR2007.*NODE_POWERSHELL/);
	});

	test("a closed host refuses, and closing twice is fine", async () => {
		const { host } = lab();
		await host.observe();
		await host.close();
		await host.close();
		expect(await failureOf(host.observe())).toMatchObject({ code: "SR4001" });
	});
});

function living(processes: readonly number[]): number[] {
	return [...new Set(processes)].filter(isRunning);
}
