import { readFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { connectPowerShell } from "../../provider/hosts/powershell";
import { fakeProgram } from "../fakeProgram";
import { describeUnlessWindows } from "../skipWithReason";
import { temporaryFolder } from "../temporaryFolder";
import { describeWithPowerShell } from "./describeWithPowerShell";
import { connect, failureOf, lab, operate } from "./lab";
import { requirePwsh } from "./realPowerShell";

afterEach(() => {
	vi.unstubAllEnvs();
});

// There the system's own ssh.exe is started by its full path, never one that is first on PATH.
describeUnlessWindows("over ssh", "no fake is found there: test/windows/loopback.ts", () => {
	describeWithPowerShell("over ssh", () => {
		test("gives the system's ssh exactly these arguments", async () => {
			const argv = fakeSsh();
			lab();
			const host = connect({
				kind: "ssh",
				address: "mgmt-east.example.com",
				user: "svc-repl",
				port: 2222,
				executable: "pwsh",
			});
			expect((await host.observe()).relationships).toHaveLength(2);
			expect(await operate(host, 22)).toMatchObject({ returnCode: 4096 });
			expect(argv()).toEqual(
				[
					["-T", "-oBatchMode=yes", "-oServerAliveInterval=15", "-p", "2222", "svc-repl@mgmt-east.example.com"],
					["pwsh", "-NoProfile", "-NonInteractive", "-OutputFormat", "Text", "-NoExit", "-Command", "-"],
				].flat(),
			);
		});

		test("asks for powershell.exe unless told otherwise, and leaves host keys, user and port to ssh", async () => {
			const argv = fakeSsh();
			lab();
			const host = connectPowerShell({ name: "lab", kind: "ssh", address: "east", startTimeoutMs: 5_000 });
			await host.observe().catch(() => {});
			await host.close();
			expect(argv().slice(0, 5)).toEqual([
				"-T",
				"-oBatchMode=yes",
				"-oServerAliveInterval=15",
				"east",
				"powershell.exe",
			]);
			expect(argv().join(" ")).not.toMatch(/StrictHostKeyChecking|UserKnownHostsFile/);
		});

		test("ssh's own failure arrives with what it said", async () => {
			fakeSsh('console.error("Host key verification failed."); process.exit(255);');
			lab();
			const error = await failureOf(connect({ kind: "ssh", address: "east" }).observe());
			expect(error).toMatchObject({ code: "SR4001" });
			expect(error.message).toContain("Host key verification failed");
		});

		test("a line that breaks in a change is a CallCutOff", async () => {
			fakeSsh();
			const { standIn } = lab((state) => {
				state.faults = [{ on: "SetReplicationRelationship", times: 1, kind: "exitAfter" }];
			});
			const host = connect({ kind: "ssh", address: "east" });
			expect(await failureOf(operate(host, 22))).toMatchObject({ name: "CallCutOff" });
			expect(standIn.operations()).toEqual([22]);
		});
	});
});

/** An `ssh` first on PATH that keeps its arguments and runs the far command here, without the environment of a test. */
function fakeSsh(body?: string): () => string[] {
	const kept = join(temporaryFolder("fake-ssh"), "argv");
	const run = `const far = args.slice(args.findIndex((each, index) => !each.startsWith("-") && args[index - 1] !== "-p") + 1);
		const { NO_COLOR, ...env } = process.env;
		relay(far[0], far.slice(1), { env: { ...env, TERM: "xterm" } });`;
	const ssh = fakeProgram(
		"ssh",
		`const args = process.argv.slice(2);
		require("node:fs").writeFileSync(${JSON.stringify(kept)}, JSON.stringify(args));
		${body ?? run}`,
	);
	vi.stubEnv("PATH", [dirname(ssh), dirname(requirePwsh()), process.env.PATH].join(delimiter));
	return () => JSON.parse(readFileSync(kept, "utf8")) as string[];
}
