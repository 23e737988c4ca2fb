import { delimiter, dirname } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { type DoctorEntry, doctorCommand, type Examination } from "../../cli/doctor";
import { findingsOf } from "../../cli/doctor/findings";
import {
	connectPowerShell,
	type LocalEntry,
	type PowerShellEntry,
	type PowerShellHost,
	type SshEntry,
} from "../../provider/hosts/powershell";
import { recordHost } from "../../provider/hosts/report/recordHost";
import { fakeProgram } from "../fakeProgram";
import { shapeOf } from "../shape";
import { describeWithPowerShell } from "./describeWithPowerShell";
import { pwshPath, requirePwsh } from "./realPowerShell";
import { StandIn, type StandInState, twoArrays } from "./standIn";

const ofWindows = {
	name: "Windows Storage",
	manufacturer: "Microsoft Corporation",
	version: "10",
	type: 1,
	arrays: [],
	foreignDiscover: 8,
};

/** One process for the questions that need no doctor of their own. */
let sharedLab: { readonly host: PowerShellHost; readonly standIn: StandIn };

beforeAll(() => {
	if (pwshPath === undefined) return;
	const standIn = new StandIn(twoArrays()).use();
	sharedLab = { standIn, host: connectPowerShell({ name: "lab", kind: "local", executable: pwshPath }) };
});

afterAll(() => sharedLab?.host.close());

afterEach(() => {
	vi.unstubAllEnvs();
});

describeWithPowerShell("pulumi-storage-replication doctor", () => {
	test("answers every question of a healthy host and exits 0", async () => {
		const { text, exitCode } = await doctor(["--host", "east"], (state) => {
			state.settings.cacheMode = 3;
			for (const array of state.arrays) array.groupFeatures = [19];
		});
		expect(exitCode).toBe(0);
		for (const part of [
			"east (local, this computer)",
			"PowerShell 7",
			"FullLanguage",
			"SetReplicationRelationship, which says nothing of an array",
			"SMP, of Stand-in, version 4.2, cache mode Manual-Discovery",
			"Healthy, cache level 3, SupportsMirrorLocal no, SupportsMirrorRemote yes",
			"SupportsReplicationGroup yes",
			"2 virtual disks visible on East, West",
			"2 visible",
			"Asynchronous",
			"Failover (10)",
			"15 ErrorRecoveryFromBrokenStateAutomatic",
			"of groups: operations ActivateConsistency (3), AddSyncPair (5)",
			"features 19 RestoreOperationRequiresSubsequentFracture\n",
			"round trip",
			"the host's clock is",
		]) {
			expect(text).toContain(part);
		}
		expect(text).not.toContain("stop ");
		expect(
			text.match(/Failover \(10\)/g),
			"an array that says the same of every kind: once for disks, once for groups",
		).toHaveLength(2 * 2);
	});

	test("prints the findings as JSON, each with its remedy", async () => {
		const { text } = await doctor(["--json"], (state) => {
			for (const array of state.arrays) array.operations = null;
			state.settings.runAsJob = false;
		});
		const reports = JSON.parse(text) as Examination[];
		await expect(shapeOf(reports)).toMatchFileSnapshot("golden/doctor.txt");
		const findings = reports.find(({ host }) => host === "east")?.findings ?? [];
		expect(findings.filter(({ level }) => level !== "ok").every(({ remedy }) => remedy !== undefined)).toBe(true);
		expect(findings.map(({ check, level }) => `${check}: ${level}`)).toEqual(
			expect.arrayContaining(["namespace and class: warning", "array East: warning", "disks: ok"]),
		);
	});

	test.each<[string, Partial<LocalEntry>, (state: StandInState) => void, string]>([
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
			"a cache that is cold after a restart",
			{},
			(state) => {
				state.cold = "disks";
			},
			"its disks are not discovered yet",
		],
		[
			"no provider but Windows' own",
			{},
			(state) => {
				state.providers = [ofWindows];
				state.arrays = [];
				state.disks = [];
				state.relationships = [];
			},
			"Register-SmisProvider as this account",
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

	test("tells what an update should not meet unprepared", async () => {
		const { text, exitCode } = await doctor(["--host", "east"], (state) => {
			const [east, west] = state.arrays as [StandInState["arrays"][number], StandInState["arrays"][number]];
			east.supportsMirrorRemote = false;
			west.supportsFullDiscovery = false;
			east.supportsReplicationGroup = false;
			state.faults = [{ on: "GetSupportedGroupFeatures", times: 99, kind: "code", code: 46000 }];
			west.healthStatus = 2;
			state.providers = [ofWindows, { ...ofWindows, name: "Vendor", manufacturer: "Vendor", type: 2 }];
			state.groups = [{ name: "g", array: "East", disks: ["UID-East-0000", "elsewhere"] }];
			state.disks.push({
				...(state.disks[1] as StandInState["disks"][number]),
				objectId: "twin",
				friendlyName: "Twin",
			});
			for (const relationship of state.relationships) relationship.behindSeconds = -100;
		});
		for (const part of [
			/warning {2}provider Vendor +SMI-S, .*serves no array that this account sees\n.*-AdditionalUsers/,
			/ok {7}provider Windows Storage/,
			/warning {2}subsystem East +.*SupportsMirrorRemote no\n/,
			/warning {2}subsystem West +Unhealthy/,
			/warning {2}array West .*SupportsFullDiscovery no\n +do: .*set discover: never/,
			/ok {7}array East .*SupportsReplicationGroup no; SupportsFullDiscovery yes\n/,
			/warning {2}array West .*: of groups: .*the array answered 46000/,
			/warning {2}replication groups +in group g, which is in no relationship: Disk0000, elsewhere \(not listed\)\n/,
			/warning {2}UniqueIds +UID-WEST-0000 is seen 2 times, as Disk0000-DR and Twin\n/,
			/warning {2}SyncTime +SyncTime of 2 relationships is ahead/,
		]) {
			expect(text).toMatch(part);
		}
		expect(text, "East says that it has none").toSatisfy((all: string) => all.split("of groups").length === 2);
		expect(exitCode).toBe(0);
	});

	test.each([
		["StorageWMI 46001", "NotSpecified", "restore the provider's contact to the array"],
		["HRESULT 0x8004100e", "MetadataError", "root/Microsoft/Windows/Storage is missing"],
		["HRESULT 0x80041013", "MetadataError", "WMI-Activity/Operational"],
		["MI RESULT 1", "NotSpecified", "-NoProfile -Command 1 on this machine"],
	])("%s of the class has a remedy of its own", async (id, category, remedy) => {
		sharedLab.standIn.use().change((state) => {
			state.faults = [{ on: "Get-CimClass", times: 2, kind: "error", id, category, message: "no" }];
		});
		const findings = findingsOf(await recordHost("local", sharedLab.host), { kind: "local", name: "lab" });
		expect(findings).toMatchObject([{ check: "contact", level: "stop", remedy: expect.stringContaining(remedy) }]);
	});

	test("providers that could not be read are not told as missing, nor arrays whose provider nobody names", async () => {
		const { standIn, host } = sharedLab;
		const findings = async () => findingsOf(await recordHost("local", host), { kind: "local", name: "lab" });
		standIn.use().change((state) => {
			const fault = {
				times: 9,
				kind: "error",
				id: "StorageWMI 46000",
				category: "NotSpecified",
				message: "no",
			} as const;
			state.faults = [{ on: "MSFT_StorageProvider", ...fault }];
		});
		const unread = await findings();
		expect(unread.filter(({ check }) => check === "providers")).toEqual([]);
		expect(unread.find(({ check }) => check === "not read: MSFT_StorageProvider")).toMatchObject({
			level: "warning",
			remedy: expect.stringContaining("start the array's provider"),
		});
		standIn.change((state) => {
			state.faults = [];
			state.settings.missingClasses = ["MSFT_StorageProviderToStorageSubSystem"];
		});
		expect((await findings()).find(({ check }) => check === "provider Stand-in provider")?.level).toBe("ok");
	});

	test.each([
		["Host key verification failed.", "ssh-keyscan"],
		["ssh: connect to host mgmt port 2222: Connection refused", "Start-Service sshd"],
		["something new", "ssh -o BatchMode=yes -p 2222 svc@mgmt powershell.exe"],
	])("ssh that says '%s' has a remedy of its own", async (said, remedy) => {
		const says = `process.stderr.write(${JSON.stringify(`${said}\n`)}); process.exitCode = 255;`;
		vi.stubEnv("PATH", [dirname(fakeProgram("ssh", says)), process.env.PATH].join(delimiter));
		const ssh = { kind: "ssh", address: "mgmt", user: "svc", port: 2_222 } as const;
		const { text, exitCode } = await doctor(["--host", "east"], () => {}, ssh);
		expect(text).toContain(remedy);
		expect(text).not.toContain("install PowerShell");
		expect(exitCode).toBe(1);
	});

	test("a host that is not configured is a mistake of the command line", async () => {
		expect(await doctor(["--host", "nowhere"])).toMatchObject({ exitCode: 2 });
	});
});

async function doctor(
	args: string[],
	change: (state: StandInState) => void = () => {},
	settings: Partial<LocalEntry> | Omit<SshEntry, "name"> = {},
) {
	const standIn = new StandIn(
		twoArrays(1, (state) => {
			for (const array of state.arrays) array.features = [15];
			change(state);
		}),
	).use();
	const entry: PowerShellEntry =
		settings.kind === "ssh"
			? { ...settings, name: "east" }
			: { name: "east", executable: requirePwsh(), ...settings, kind: "local" };
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
