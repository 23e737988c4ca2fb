import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { evidenceOf } from "../../provider/hosts/powershell/troubles";
import { describeWithPowerShell } from "./describeWithPowerShell";
import { connect, eastLink, failureOf, lab, operate } from "./lab";
import { recordingPwsh } from "./recordingPwsh";

const password = "CANARY-p4ss'\"$(x)日";
const credential = { username: "LAB\\svc-repl", password };
const east = { kind: "cim", computerName: "mgmt-east" } as const;

describeWithPowerShell("over a CimSession", () => {
	test("opens one session per process, sends every call through it and removes it at the end", async () => {
		const { host, standIn } = lab(() => {}, east);
		const { disks, relationships } = await host.observe();
		expect(disks.map(({ friendlyName }) => friendlyName)).toEqual(["Disk0000"]);
		expect(relationships).toHaveLength(1);
		expect(await operate(host, 22)).toMatchObject({ returnCode: 4096 });
		await host.close();
		const calls = standIn.calls();
		expect(new Set(calls.map(({ computer }) => computer))).toEqual(new Set(["mgmt-east"]));
		expect(calls.filter(({ cmdlet }) => cmdlet === "New-CimSession")).toMatchObject([
			{ protocol: "Wsman", user: null },
		]);
		expect(calls.at(-1)?.cmdlet).toBe("Remove-CimSession");
	});

	test("uses DCOM where it is asked for", async () => {
		const { host, standIn } = lab(() => {}, { ...east, protocol: "dcom" });
		await host.observe();
		expect(standIn.calls()[0]).toMatchObject({ cmdlet: "New-CimSession", protocol: "Dcom" });
	});

	test("uses HTTPS, a port and a way to prove the account where they are asked for, and says nothing of them otherwise", async () => {
		const secure = { useSsl: true, port: 5_986, authentication: "Kerberos" } as const;
		const asked = lab(() => {}, { ...east, ...secure });
		await asked.host.observe();
		expect(asked.standIn.calls()[0]).toMatchObject({ cmdlet: "New-CimSession", protocol: "Wsman", ...secure });
		const plain = lab(() => {}, east);
		await plain.host.observe();
		for (const name of Object.keys(secure)) expect(plain.standIn.calls()[0]).not.toHaveProperty(name);
	});

	test("makes a dropped session anew for a read", async () => {
		const { host, standIn } = lab(() => {}, east);
		await host.observe();
		standIn.change((state) => {
			state.faults = [{ on: "MSFT_VirtualDisk", times: 1, kind: "dropSession" }];
		});
		expect((await host.observe()).disks).toHaveLength(1);
		expect(standIn.calls().filter(({ cmdlet }) => cmdlet === "New-CimSession")).toHaveLength(2);
	});

	test("a session that cannot be made anew leaves the far computer unread; it is never replaced by this one", async () => {
		const { host, standIn } = lab(() => {}, east);
		await host.observe();
		standIn.change((state) => {
			state.faults = [
				{ on: "MSFT_VirtualDisk", times: 1, kind: "dropSession" },
				{
					on: "New-CimSession",
					times: 1,
					kind: "error",
					id: "HRESULT 0x80338126",
					category: "ConnectionError",
					message: "away",
				},
			];
		});
		expect(await failureOf(host.observe())).toMatchObject({ code: "SR4001" });
		expect((await host.observe()).disks.map(({ friendlyName }) => friendlyName)).toEqual(["Disk0000"]);
		expect(await operate(host, 22)).toMatchObject({ returnCode: 4096 });
		expect(new Set(standIn.calls().map(({ computer }) => computer))).toEqual(new Set(["mgmt-east"]));
	});

	test("a clock that may not be read makes the lag unknown; where there is no such class ours has to do", async () => {
		const denied = { id: "HRESULT 0x80070005", category: "PermissionDenied", message: "no" };
		const { host, standIn } = lab(() => {}, east);
		expect((await host.observe()).relationships[0]?.lagSeconds).toBeGreaterThan(0);
		standIn.change((state) => {
			state.faults = [{ on: "Win32_OperatingSystem", times: 9, kind: "error", ...denied }];
		});
		expect(await host.ping()).toEqual({ hostTime: null });
		standIn.change((state) => {
			const elsewhere = { id: "HRESULT 0x8004100e", category: "MetadataError", message: "Invalid namespace" };
			state.faults = [{ on: "Win32_OperatingSystem", times: 1, kind: "error", ...elsewhere }];
		});
		expect((await host.ping()).hostTime).not.toBeNull();
		standIn.change((state) => {
			state.faults = [{ on: "Win32_OperatingSystem", times: 9, kind: "error", ...denied }];
		});
		expect((await host.observe()).relationships[0]?.lagSeconds).toBeNull();
	});

	test("a session that drops in a change is a CallCutOff and the change is not sent again", async () => {
		const { host, standIn } = lab((state) => {
			state.faults = [{ on: "SetReplicationRelationship", times: 1, kind: "dropSession" }];
		}, east);
		expect(await failureOf(operate(host, 22))).toMatchObject({ name: "CallCutOff" });
		expect((await eastLink(host)).copyState).toBe(4);
		expect(standIn.operations()).toEqual([22]);
	});

	test("a computer that cannot be reached is named", async () => {
		const { host } = lab(() => {}, { kind: "cim", computerName: "mgmt-nowhere" });
		const error = await failureOf(host.observe());
		expect(error).toMatchObject({ code: "SR4001" });
		expect(error.message).toContain("mgmt-nowhere");
	});
});

describeWithPowerShell("the canary", () => {
	const guarded = (state: Parameters<NonNullable<Parameters<typeof lab>[0]>>[0]) => {
		state.hosts["mgmt-east"] = { arrays: ["East"], credential };
	};

	test("a password reaches the session and nothing else: argv, environment, script text, log, errors", async () => {
		const recording = recordingPwsh();
		const { standIn } = lab(guarded);
		const host = connect({ ...east, credential, executable: recording.executable });
		expect((await host.observe()).disks).toHaveLength(1);
		const processes = new Set(standIn.calls().map(({ process }) => process));
		expect(processes.size).toBe(1);
		for (const pid of hasProc ? processes : []) expectNoCanary(readFileSync(`/proc/${pid}/environ`, "latin1"));
		for (const pid of (hasProc ? readdirSync("/proc") : []).filter((name) => /^\d+$/.test(name)))
			expectNoCanary(commandLine(pid));
		const lines = recording.stdin().split("\n");
		const secretLine = Buffer.from(password, "utf8").toString("base64");
		expect(lines.filter((line) => line.includes(secretLine))).toEqual([secretLine]);
		for (const line of lines.filter((text) => text !== secretLine)) {
			expectNoCanary(line);
			for (const [base64] of line.matchAll(/[A-Za-z0-9+/=]{16,}/g))
				expectNoCanary(Buffer.from(base64, "base64").toString("utf8"));
		}
		expectNoCanary(JSON.stringify(standIn.calls()) + JSON.stringify(process.env) + host.address);
	});

	test("a refused password is an error without the password", async () => {
		const { host } = lab(guarded, { ...east, credential: { ...credential, password: `${password}-wrong` } });
		const error = await failureOf(host.observe());
		expect(error.message).toContain("Access is denied");
		expectNoCanary(describeWhole(error));
	});

	test("a refused connection whose error repeats the password comes without it, its record too", async () => {
		const id = "HRESULT 0x8009030e";
		const { host } = lab(
			(state) => {
				guarded(state);
				const message = `bad ${password}`;
				state.faults = [{ on: "New-CimSession", times: 9, kind: "error", id, category: "NotSpecified", message }];
			},
			{ ...east, credential },
		);
		const error = await failureOf(host.observe());
		expect(error.message).toContain("bad [secret]");
		const evidence = evidenceOf(error);
		expect(evidence?.exception?.errorId).toContain(id);
		expectNoCanary(JSON.stringify(evidence) + describeWhole(error));
	});

	test("a far error that repeats the password comes without it", async () => {
		const { host } = lab(
			(state) => {
				guarded(state);
				state.faults = [
					{
						on: "MSFT_VirtualDisk",
						times: 9,
						kind: "error",
						id: "x",
						category: "NotSpecified",
						message: `bad ${password}`,
					},
				];
			},
			{ ...east, credential },
		);
		const error = await failureOf(host.observe());
		expect(error.message).toContain("bad [secret]");
		expectNoCanary(describeWhole(error));
	});
});

function expectNoCanary(text: string): void {
	expect(text).not.toContain("CANARY");
	expect(text).not.toContain(Buffer.from(password, "utf8").toString("base64").slice(0, 12));
}

/** Where other systems keep environments and command lines is not looked at. */
const hasProc = process.platform === "linux";

function commandLine(pid: string): string {
	try {
		return readFileSync(`/proc/${pid}/cmdline`, "utf8");
	} catch {
		return "";
	}
}

function describeWhole(error: Error): string {
	const cause = error.cause instanceof Error ? describeWhole(error.cause) : "";
	return `${error.stack}${JSON.stringify(error, Object.getOwnPropertyNames(error))}${cause}`;
}
